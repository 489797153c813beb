package dev.vigil.centre;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.BlockHeaders;
import dev.vigil.forward.Lane;
import dev.vigil.forward.Samples;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Some nodes as the centre sees them: their blocks, a third of them more than once, some out of
 * order. Owned by the test's thread; the same seed sends the same.
 */
final class Fleet implements AutoCloseable {
    private static final int REACH = 4;

    private final Random random;
    private final List<StreamId> streams = new ArrayList<>();
    private final Map<StreamId, Long> sent =
            new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
    private final Deque<Block> recent = new ArrayDeque<>();
    private final KafkaProducer<String, byte[]> producer;
    private final BlockCodec codec = new BlockCodec();
    private long copies;

    Fleet(long seed, int nodes, String bootstrapServers) {
        this.random = new Random(seed);
        for (int node = 1; node <= nodes; node++) {
            for (Lane lane : Lane.values()) {
                streams.add(new StreamId("gw-%02d".formatted(node), "5f0c5f0c5f0c5f0c", lane));
            }
        }
        streams.forEach(stream -> sent.put(stream, 0L));
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "acks",
                                "all",
                                "delivery.timeout.ms",
                                120_000,
                                "linger.ms",
                                0),
                        new StringSerializer(),
                        new ByteArraySerializer());
    }

    /** Records of each stream, all acknowledged by Kafka when {@link #flush} has returned. */
    Map<StreamId, Long> sent() {
        return sent;
    }

    long records() {
        return sent.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Blocks that were sent once more. */
    long copies() {
        return copies;
    }

    /** Blocks of any streams, shuffled a little. */
    void send(int blocks) {
        var batch = new ArrayList<Block>();
        for (int i = 0; i < blocks; i++) {
            batch.add(next(streams.get(random.nextInt(streams.size()))));
        }
        for (int i = 0; i + 1 < batch.size(); i++) {
            int other = Math.min(batch.size() - 1, i + random.nextInt(REACH));
            Block swapped = batch.get(i);
            batch.set(i, batch.get(other));
            batch.set(other, swapped);
        }
        for (Block block : batch) {
            write(block);
            recent.addLast(block);
            if (recent.size() > 50) {
                recent.removeFirst();
            }
            if (random.nextInt(3) == 0) {
                write(List.copyOf(recent).get(random.nextInt(recent.size())));
                copies++;
            }
        }
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
        codec.close();
    }

    Block next(StreamId stream) {
        long first = sent.getOrDefault(stream, 0L) + 1;
        int count = 1 + random.nextInt(random.nextInt(4) == 0 ? 200 : 10);
        Instant at = Samples.START.plusSeconds(first);
        List<SenmlRecord> records =
                stream.lane() == Lane.HISTORY
                        ? Samples.readings(random, at, count)
                        : alarms(first, count, at);
        sent.put(stream, first + count - 1);
        return new Block(
                stream,
                first,
                count,
                at,
                at,
                BlockCodec.CODEC,
                codec.encode(stream.node(), records));
    }

    private static List<SenmlRecord> alarms(long first, int count, Instant at) {
        var records = new ArrayList<SenmlRecord>();
        for (int i = 0; i < count; i++) {
            records.add(
                    SenmlRecord.text("alarm/kitchen-" + (first + i), "{\"state\":\"ACTIVE\"}", at));
        }
        return records;
    }

    private void write(Block block) {
        var message =
                new ProducerRecord<String, byte[]>(
                        Topics.UPLINK, block.stream().toString(), block.body());
        BlockHeaders.of(block, false)
                .forEach(
                        (name, value) ->
                                message.headers()
                                        .add(name, value.getBytes(StandardCharsets.UTF_8)));
        var _ = producer.send(message);
    }
}
