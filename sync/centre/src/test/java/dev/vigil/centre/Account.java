package dev.vigil.centre;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the decoded topics with read_committed, as any consumer would, and keeps a book of every
 * (stream, sequence). Owned by the test's thread.
 */
final class Account implements AutoCloseable {
    private static final Duration BOUND = Duration.ofMinutes(2);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, BitSet> seen = new TreeMap<>();
    private long records;
    private long duplicates;

    Account(String bootstrapServers) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "group.id",
                                "account",
                                "isolation.level",
                                "read_committed",
                                "auto.offset.reset",
                                "earliest",
                                "enable.auto.commit",
                                false),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.READINGS, Topics.ALARMS));
    }

    /** Returns when that many different records have come, and nothing more comes. */
    void readUntil(long expected) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (records - duplicates < expected) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "%d of %d records after %s"
                                .formatted(records - duplicates, expected, BOUND));
            }
            poll(Duration.ofMillis(200));
        }
        for (int quiet = 0; quiet < 5; quiet++) {
            if (poll(Duration.ofMillis(300)) > 0) {
                quiet = 0;
            }
        }
    }

    long records() {
        return records;
    }

    long duplicates() {
        return duplicates;
    }

    /** How many of a stream's sequences up to {@code last} never came. */
    long missing(String stream, long last) {
        BitSet sequences = seen.getOrDefault(stream, new BitSet());
        return last - sequences.get(1, (int) last + 1).cardinality();
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** The keys of a topic's messages so far. */
    static List<String> keys(String bootstrapServers, String topic) {
        var keys = new ArrayList<String>();
        try (var reader =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "isolation.level",
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    reader.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            while (ends.entrySet().stream()
                    .anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
                for (var message : reader.poll(Duration.ofMillis(200))) {
                    keys.add(new String(message.key(), StandardCharsets.UTF_8));
                }
            }
        }
        return keys;
    }

    private int poll(Duration bound) {
        var some = consumer.poll(bound);
        for (var record : some) {
            String id =
                    new String(
                            record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
            int slash = id.lastIndexOf('/');
            BitSet sequences = seen.computeIfAbsent(id.substring(0, slash), _ -> new BitSet());
            int sequence = Integer.parseInt(id.substring(slash + 1));
            records++;
            if (sequences.get(sequence)) {
                duplicates++;
            }
            sequences.set(sequence);
        }
        return some.count();
    }
}
