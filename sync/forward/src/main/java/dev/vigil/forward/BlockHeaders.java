package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The headers a block travels with: CloudEvents 1.0 in binary mode (Kafka protocol binding 1.0.2,
 * section 3.2), and ours. Stateless.
 *
 * <p>{@code ce_id} is {@code <stream>/<first sequence>}, the same for every copy of a block, {@code
 * ce_source} the stream, {@code ce_time} the latest record's time. {@code vigil_tq} is the quality
 * of the node's clock ({@code none}, {@code rtc}, {@code ntp}, {@code unknown}); with it travel the
 * boot ({@code vigil_boot}) and what its two clocks said when the block was appended: {@code
 * vigil_steady} in nanoseconds and {@code vigil_wall}, so that whoever learns the boot's right time
 * can date what was sent before that.
 */
public final class BlockHeaders {
    public static final String SPEC_VERSION = "ce_specversion";

    /** The value of {@link #SPEC_VERSION}. */
    public static final String SPEC = "1.0";

    public static final String ID = "ce_id";
    public static final String EVENT_TYPE = "ce_type";
    public static final String TIME = "ce_time";
    public static final String CONTENT_TYPE = "content-type";
    public static final String HISTORIC = "vigil_hist";
    public static final String HEAD = "vigil_head";
    public static final String SOFTWARE = "vigil_ver";
    public static final String TYPE = "dev.vigil.block.v1";
    public static final String SEQUENCE = "vigil_seq";
    public static final String COUNT = "vigil_count";
    public static final String CODEC = "vigil_codec";
    public static final String SOURCE = "ce_source";
    public static final String CLOCK_QUALITY = "vigil_tq";
    public static final String BOOT = "vigil_boot";
    public static final String STEADY = "vigil_steady";
    public static final String WALL = "vigil_wall";

    /** RFC 3339 has years 0000 to 9999. */
    private static final Instant TIME_MIN = Instant.parse("0000-01-01T00:00:00Z");

    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59Z");

    private BlockHeaders() {}

    public static Map<String, String> of(Block block, boolean historic) {
        var headers = constant(block.stream(), block.firstSequence());
        time(block.lastAt()).ifPresent(time -> headers.put(TIME, time));
        headers.put(SEQUENCE, Long.toString(block.firstSequence()));
        headers.put(COUNT, Integer.toString(block.recordCount()));
        headers.put(HISTORIC, Boolean.toString(historic));
        ClockReading clock = block.clock();
        headers.put(CLOCK_QUALITY, (clock == null ? ClockQuality.UNKNOWN : clock.quality()).word());
        if (clock != null) {
            headers.put(BOOT, clock.boot().toString());
            headers.put(STEADY, Long.toString(clock.steady().toNanos()));
            headers.put(WALL, clock.wall().toString());
        }
        headers.put(CODEC, block.codec());
        return headers;
    }

    /** The value of {@link #TIME}; empty when RFC 3339 has no words for it. */
    public static Optional<String> time(Instant at) {
        return at.isBefore(TIME_MIN) || at.isAfter(TIME_MAX)
                ? Optional.empty()
                : Optional.of(at.toString());
    }

    /** Those that stream and sequence say already. */
    static Map<String, String> constant(StreamId stream, long firstSequence) {
        var headers = new LinkedHashMap<String, String>();
        headers.put(SPEC_VERSION, SPEC);
        headers.put(ID, stream + "/" + firstSequence);
        headers.put(SOURCE, stream.toString());
        headers.put(EVENT_TYPE, TYPE);
        headers.put(CONTENT_TYPE, "application/senml+cbor");
        headers.put("content-encoding", "zstd");
        headers.put("vigil_epoch", stream.incarnation());
        headers.put(CODEC, BlockCodec.CODEC);
        return headers;
    }

    /**
     * The block that a message carries.
     *
     * @param header gives a header's bytes, null when there is none
     * @throws MalformedBlock names the header that is missing or wrong
     */
    public static Block block(Function<String, byte @Nullable []> header, byte[] body) {
        StreamId stream = stream(text(header, SOURCE));
        long sequence = number(header, SEQUENCE, Long.MAX_VALUE - Integer.MAX_VALUE);
        int count = (int) number(header, COUNT, BlockCodec.RECORDS_MAX);
        return new Block(
                stream,
                sequence,
                count,
                Instant.EPOCH,
                Instant.EPOCH,
                text(header, CODEC),
                body,
                clock(header));
    }

    /** Null when a header of it is missing or not readable: the records are none the worse. */
    private static @Nullable ClockReading clock(Function<String, byte @Nullable []> header) {
        if (header.apply(BOOT) == null
                || header.apply(STEADY) == null
                || header.apply(WALL) == null
                || header.apply(CLOCK_QUALITY) == null) {
            return null;
        }
        try {
            return new ClockReading(
                    UUID.fromString(text(header, BOOT)),
                    Duration.ofNanos(Long.parseLong(text(header, STEADY))),
                    Instant.parse(text(header, WALL)),
                    ClockQuality.of(text(header, CLOCK_QUALITY)));
        } catch (IllegalArgumentException | DateTimeException _) {
            return null;
        }
    }

    /** {@code node/incarnation/lane}. */
    static StreamId stream(String source) {
        String[] parts = source.split("/", -1);
        Optional<Lane> lane = parts.length == 3 ? Lane.of(parts[2]) : Optional.empty();
        if (lane.isPresent()) {
            return new StreamId(parts[0], parts[1], lane.get());
        }
        throw new MalformedBlock(
                "header %s is '%s': a stream is node/incarnation/lane".formatted(SOURCE, source));
    }

    private static long number(Function<String, byte @Nullable []> header, String name, long max) {
        String value = text(header, name);
        if (!value.matches("\\d{1,18}")
                || Long.parseLong(value) < 1
                || Long.parseLong(value) > max) {
            throw new MalformedBlock(
                    "header %s is '%s': a whole number from 1 to %d".formatted(name, value, max));
        }
        return Long.parseLong(value);
    }

    private static String text(Function<String, byte @Nullable []> header, String name) {
        byte[] value = header.apply(name);
        if (value == null) {
            throw new MalformedBlock("header %s is missing: no block of ours".formatted(name));
        }
        return new String(value, StandardCharsets.UTF_8);
    }
}
