package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the ledger's decoded topics with read_committed, as any consumer would, and keeps a book of
 * every (stream, sequence). Owned by the thread that uses it.
 *
 * <p>Without a consumer group: a group that loses its place when brokers die would read again what
 * it has read, which is not the ledger's doing.
 */
public final class CentreAccount implements AutoCloseable {
    private static final Duration BOUND = Duration.ofMinutes(2);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Consumer<ConsumerRecord<byte[], byte[]>> sink;
    private final Map<String, BitSet> seen = new TreeMap<>();
    private long records;
    private long duplicates;

    /**
     * Ready to read, from the beginning.
     *
     * @param topics there must be
     * @param sink gets each record that is not a duplicate
     */
    public CentreAccount(
            String bootstrapServers,
            List<String> topics,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        this.sink = sink;
        consumer = consumer(bootstrapServers);
        List<TopicPartition> partitions = partitions(consumer, topics);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Returns when that many different records have come, and nothing more comes. */
    public void readUntil(long expected) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (distinct() < expected) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "%d of %d records after %s".formatted(distinct(), expected, BOUND));
            }
            poll(Duration.ofMillis(200));
        }
        readUntilQuiet();
    }

    /** Returns when nothing has come for a second and a half. */
    public void readUntilQuiet() {
        for (int quiet = 0; quiet < 5; quiet++) {
            if (poll(Duration.ofMillis(300)) > 0) {
                quiet = 0;
            }
        }
    }

    public long records() {
        return records;
    }

    public long duplicates() {
        return duplicates;
    }

    /** Records, each counted once. */
    public long distinct() {
        return records - duplicates;
    }

    /** {@code node/incarnation/lane} of each that something came from. */
    public Set<String> streams() {
        return Set.copyOf(seen.keySet());
    }

    /** The highest sequence of a stream; 0 when nothing of it came. */
    public long last(String stream) {
        return Math.max(0, seen.getOrDefault(stream, new BitSet()).length() - 1);
    }

    /** How many of a stream's sequences up to {@code last} never came. */
    public long missing(String stream, long last) {
        BitSet sequences = seen.getOrDefault(stream, new BitSet());
        return last - sequences.get(1, (int) last + 1).cardinality();
    }

    /** Reads what is there, waiting at most so long for the first record; how many came. */
    public int poll(Duration bound) {
        var some = consumer.poll(bound);
        for (var record : some) {
            String id = text(record.headers().lastHeader(BlockHeaders.ID).value());
            int slash = id.lastIndexOf('/');
            BitSet sequences = seen.computeIfAbsent(id.substring(0, slash), _ -> new BitSet());
            int sequence = Integer.parseInt(id.substring(slash + 1));
            records++;
            if (sequences.get(sequence)) {
                duplicates++;
            } else {
                sequences.set(sequence);
                sink.accept(record);
            }
        }
        return some.count();
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** The messages of a topic so far. */
    public static List<ConsumerRecord<byte[], byte[]>> messages(
            String bootstrapServers, String topic) {
        var messages = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var reader = consumer(bootstrapServers)) {
            List<TopicPartition> partitions = partitions(reader, List.of(topic));
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            while (ends.entrySet().stream()
                    .anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
                reader.poll(Duration.ofMillis(200)).forEach(messages::add);
            }
        }
        return messages;
    }

    /** The keys of a topic's messages so far. */
    public static List<String> keys(String bootstrapServers, String topic) {
        return messages(bootstrapServers, topic).stream()
                .map(message -> text(message.key()))
                .toList();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(
            KafkaConsumer<byte[], byte[]> consumer, List<String> topics) {
        return topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
