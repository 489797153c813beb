package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block as an MQTT message (sync/docs/WIRE.md): its topics, its payload, and the ledger's
 * acknowledgement. Stateless.
 *
 * <p>The payload is the block's body behind a skippable frame (RFC 8878, section 3.1.2) that holds
 * the headers, so that whoever sees no user properties (MQTT 3.1.1) can restore them all the same.
 */
public final class MqttBlock {
    /** Topic filter of all blocks of all nodes. */
    public static final String BLOCKS = "vigil/v1/up/+/+";

    private static final String UP = "vigil/v1/up/";
    private static final String ACK = "vigil/v1/ack/";
    private static final String STATE = "vigil/v1/state/";

    private static final int ACK_BYTES_MAX = 4096;
    private static final Pattern ACK_STREAM =
            Pattern.compile("\"stream\"\\s*:\\s*\"([^\"\\\\]{1,200})\"");
    private static final Pattern ACK_THROUGH =
            Pattern.compile("\"through\"\\s*:\\s*(\\d{1,18})\\s*[,}]");

    private static final Pattern ACK_BEYOND =
            Pattern.compile("\"beyond\"\\s*:\\s*\\[[\\s\\d,\\[\\]]*");
    private static final Pattern ACK_RANGE =
            Pattern.compile("\\[\\s*(\\d{1,18})\\s*,\\s*(\\d{1,18})\\s*]");

    /**
     * A block as it came: what belongs into Kafka.
     *
     * @param key the stream
     * @param headers as {@link KafkaUplink} writes them
     * @param body not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // carried from one topic to another, never compared
    public record Carried(String key, Map<String, String> headers, byte[] body) {
        public Carried {
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
    }

    /**
     * What the ledger has of a stream.
     *
     * @param stream as {@link StreamId#toString} prints it
     * @param through nothing up to here is missing
     * @param beyond further ranges that it has though something before them is missing
     */
    public record Acknowledgement(String stream, long through, List<Range> beyond) {
        /** Sequences {@code from} to {@code through}. */
        public record Range(long from, long through) {}

        public Acknowledgement {
            beyond = List.copyOf(beyond);
        }

        boolean covers(Block block) {
            return block.lastSequence() <= through
                    || beyond.stream()
                            .anyMatch(
                                    range ->
                                            range.from() <= block.firstSequence()
                                                    && block.lastSequence() <= range.through());
        }
    }

    private MqttBlock() {}

    /** Where a stream's blocks are published. */
    public static String topic(StreamId stream) {
        return UP + stream.node() + "/" + level(stream.toString());
    }

    /** Where a node's {@link StateMessage} is, retained. */
    public static String stateTopic(String node) {
        return STATE + node;
    }

    /** Where the ledger's acknowledgement of a stream is, retained. */
    public static String ackTopic(StreamId stream) {
        return ACK + stream.node() + "/" + level(stream.toString());
    }

    /** Empty when it is none. */
    public static Optional<Acknowledgement> readAck(byte[] payload) {
        if (payload.length > ACK_BYTES_MAX) {
            return Optional.empty();
        }
        String text = new String(payload, StandardCharsets.UTF_8);
        Matcher stream = ACK_STREAM.matcher(text);
        Matcher through = ACK_THROUGH.matcher(text);
        if (!stream.find() || !through.find()) {
            return Optional.empty();
        }
        var beyond = new ArrayList<Acknowledgement.Range>();
        Matcher ranges = ACK_BEYOND.matcher(text);
        if (ranges.find()) {
            Matcher range = ACK_RANGE.matcher(ranges.group());
            while (range.find()) {
                beyond.add(
                        new Acknowledgement.Range(
                                Long.parseLong(range.group(1)), Long.parseLong(range.group(2))));
            }
        }
        return Optional.of(
                new Acknowledgement(stream.group(1), Long.parseLong(through.group(1)), beyond));
    }

    /** Headers that every reader can tell from stream and sequence are not repeated in it. */
    static byte[] payload(Block block, Map<String, String> headers) {
        var own = new LinkedHashMap<>(headers);
        BlockHeaders.constant(block.stream(), block.firstSequence()).forEach(own::remove);
        return HeaderFrame.before(own, block.body());
    }

    /**
     * What a message carries, by its topic and payload alone.
     *
     * @throws MalformedBlock names what is wrong with it
     */
    public static Carried read(String topic, byte[] payload) {
        StreamId stream = stream(topic);
        int bodyAt = bodyAt(topic, payload);
        Map<String, String> own = lines(topic, payload, bodyAt);
        String sequence = own.get(BlockHeaders.SEQUENCE);
        if (sequence == null || !sequence.matches("\\d{1,18}")) {
            throw new MalformedBlock(
                    "message on %s: %s is '%s'".formatted(topic, BlockHeaders.SEQUENCE, sequence));
        }
        var headers = new LinkedHashMap<>(BlockHeaders.constant(stream, Long.parseLong(sequence)));
        headers.putAll(own);
        byte[] body = Arrays.copyOfRange(payload, bodyAt, payload.length);
        return new Carried(stream.toString(), headers, body);
    }

    /**
     * As {@link #read}, of a {@link StateMessage}: its key is the node.
     *
     * @throws MalformedBlock names what is wrong with it
     */
    public static Carried readState(String topic, byte[] payload) {
        String node = topic.startsWith(STATE) ? topic.substring(STATE.length()) : "";
        if (node.isEmpty() || node.contains("/")) {
            throw new MalformedBlock("topic '%s': states come on %s<node>".formatted(topic, STATE));
        }
        int bodyAt = bodyAt(topic, payload);
        return new Carried(
                node,
                lines(topic, payload, bodyAt),
                Arrays.copyOfRange(payload, bodyAt, payload.length));
    }

    private static int bodyAt(String topic, byte[] payload) {
        return HeaderFrame.HEAD_BYTES
                + HeaderFrame.textBytes(
                        "message of %d bytes on %s".formatted(payload.length, topic),
                        payload,
                        payload.length - HeaderFrame.HEAD_BYTES);
    }

    private static Map<String, String> lines(String topic, byte[] payload, int bodyAt) {
        return HeaderFrame.headers(
                "message on " + topic,
                new String(
                        payload,
                        HeaderFrame.HEAD_BYTES,
                        bodyAt - HeaderFrame.HEAD_BYTES,
                        StandardCharsets.UTF_8));
    }

    private static StreamId stream(String topic) {
        String[] levels = topic.split("/", -1);
        if (topic.startsWith(UP) && levels.length == 5) {
            StreamId stream = BlockHeaders.stream(levels[4].replace(':', '/'));
            if (stream.node().equals(levels[3])) {
                return stream;
            }
        }
        throw new MalformedBlock(
                "topic '%s': blocks come on %s<node>/<node>:<incarnation>:<lane>"
                        .formatted(topic, UP));
    }

    /** Node names have no colon, so that it can be undone. */
    private static String level(String stream) {
        return stream.replace('/', ':');
    }
}
