package dev.vigil.trials;

import dev.vigil.forward.Block;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the uplink topic from its beginning and keeps the books: for each stream which sequences
 * came, and every record of a sequence not seen before, once. Owned by one thread.
 */
public final class KafkaAudit implements AutoCloseable {
    public static final String TOPIC = "vigil.uplink";

    /**
     * A Kafka record of the topic.
     *
     * @param offset its place in its partition
     * @param writtenAt when the node's producer made it, or the broker took it, as the topic is set
     * @param copy its sequences had been seen before
     */
    public record Arrived(
            StreamId stream,
            long firstSequence,
            int recordCount,
            long offset,
            Instant writtenAt,
            boolean copy) {}

    /** What becomes of the records. */
    private sealed interface Sink {
        /** Blocks are counted and compared, not decoded. */
        record None() implements Sink {}

        record Each(Consumer<SenmlRecord> consumer) implements Sink {}
    }

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Sink sink;
    private final StreamBooks books = new StreamBooks();
    private final Map<Lane, Long> records = new HashMap<>();
    private final List<Arrived> arrived = new ArrayList<>();
    private long bodyBytes;

    /**
     * Ready to {@link #poll}, from the beginning of {@code topic}.
     *
     * @param sink gets each record of a sequence not seen before
     */
    public KafkaAudit(String bootstrapServers, String topic, Consumer<SenmlRecord> sink) {
        this(bootstrapServers, topic, new Sink.Each(sink));
    }

    /** As above, but blocks are only counted and compared, not decoded. */
    public static KafkaAudit countingOnly(String bootstrapServers, String topic) {
        return new KafkaAudit(bootstrapServers, topic, new Sink.None());
    }

    private KafkaAudit(String bootstrapServers, String topic, Sink sink) {
        this.topic = topic;
        this.sink = sink;
        Properties settings = new Properties();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000");
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "200");
        consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        partitions =
                consumer.partitionsFor(topic, Duration.ofSeconds(30)).stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads what is there, waiting at most {@code bound} for the first record; how many came. */
    public int poll(Duration bound) {
        int count = 0;
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(bound)) {
            observe(each);
            count++;
        }
        return count;
    }

    /** Reads to where the topic ends now. */
    public void readToEnd(Duration bound) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Waiting.require(
                bound,
                () -> {
                    poll(Duration.ofMillis(100));
                    return ends.entrySet().stream()
                            .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                },
                () -> "topic %s could not be read to its end %s".formatted(topic, ends));
    }

    private void observe(ConsumerRecord<byte[], byte[]> each) {
        Block block = UplinkRecord.block(each);
        boolean fresh = books.observe(block);
        bodyBytes += block.body().length;
        arrived.add(
                new Arrived(
                        block.stream(),
                        block.firstSequence(),
                        block.recordCount(),
                        each.offset(),
                        Instant.ofEpochMilli(each.timestamp()),
                        !fresh));
        if (fresh) {
            records.merge(block.stream().lane(), (long) block.recordCount(), Long::sum);
            switch (sink) {
                case Sink.None _ -> {}
                case Sink.Each(var consumer) -> UplinkRecord.records(block).forEach(consumer);
            }
        }
    }

    /** Sequences the node itself has told as lost. */
    public long reportedLost() {
        return books.reportedLost();
    }

    public Map<StreamId, StreamAudit> streams() {
        return books.streams();
    }

    /** In the order in which they were read; within a partition the order of the topic. */
    public List<Arrived> arrived() {
        return Collections.unmodifiableList(arrived);
    }

    /** Different records of a lane so far. */
    public long records(Lane lane) {
        return records.getOrDefault(lane, 0L);
    }

    public long copies() {
        return books.streams().values().stream().mapToLong(StreamAudit::copies).sum();
    }

    /** Bytes of all blocks read, as they were on the wire, without Kafka's own framing. */
    public long bodyBytes() {
        return bodyBytes;
    }

    /** What is wrong with the streams: conflicts and gaps nobody reported, one sentence each. */
    public List<String> faults() {
        return books.faults();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
