package dev.vigil.centre.ledger;

import dev.vigil.centre.CentreSettings;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.WallclockTimestampExtractor;
import org.jboss.logging.Logger;

/**
 * An instance of the ledger. Instances with the same Kafka share the partitions among themselves
 * and take over from one that dies. {@link #state} may be called by any thread.
 */
public final class Ledger implements AutoCloseable {
    /** Name of the group, of the transactions and of the internal topics. */
    static final String APPLICATION = "vigil-ledger";

    private static final Logger LOG = Logger.getLogger(Ledger.class);
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(20);

    /** Threads are replaced this often; then something is wrong that a restart may cure. */
    private static final int RESTARTS_MAX = 100;

    private final KafkaStreams streams;

    private Ledger(KafkaStreams streams) {
        this.streams = streams;
    }

    /** {@code failed} is called when it has given up. */
    public static Ledger start(CentreSettings settings, LedgerCounters counters, Runnable failed) {
        var topology =
                LedgerTopology.build(
                        settings.ledger().gapWait(),
                        () -> RecordFormat.of(settings.ledger().format()),
                        counters);
        var streams = new KafkaStreams(topology, properties(settings));
        var restarts = new AtomicInteger();
        streams.setUncaughtExceptionHandler(
                error -> {
                    counters.restarted();
                    int times = restarts.incrementAndGet();
                    LOG.errorf(error, "a thread of the ledger ended, for the %d. time", times);
                    return times < RESTARTS_MAX
                            ? StreamThreadExceptionResponse.REPLACE_THREAD
                            : StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
                });
        streams.setStateListener(
                (now, before) -> {
                    LOG.infof("ledger is %s, was %s", now, before);
                    if (now == KafkaStreams.State.ERROR) {
                        failed.run();
                    }
                });
        streams.start();
        return new Ledger(streams);
    }

    /** {@code RUNNING} when it works; the other words are Kafka Streams'. */
    public String state() {
        return streams.state().name();
    }

    /** Leaves the group, so that others take over at once. */
    @Override
    public void close() {
        streams.close(new KafkaStreams.CloseOptions().timeout(CLOSE_BOUND).leaveGroup(true));
    }

    private static Properties properties(CentreSettings settings) {
        var properties = new Properties();
        // Memory: at most this many blocks wait decompressed or not, for each thread and partition.
        put(properties, StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 64);
        put(properties, StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 64);
        put(
                properties,
                StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                10_000);
        put(
                properties,
                StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                3_000);
        put(properties, StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 * 1024);
        put(properties, StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 20);
        put(
                properties,
                StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG),
                "zstd");
        put(properties, StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        put(properties, StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        settings.kafka().forEach(properties::setProperty);
        put(properties, StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        put(properties, StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        put(properties, StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.ledger().threads());
        put(properties, StreamsConfig.REPLICATION_FACTOR_CONFIG, settings.topics().replication());
        put(properties, StreamsConfig.STATE_DIR_CONFIG, settings.ledger().state().toString());
        put(
                properties,
                StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG,
                WallclockTimestampExtractor.class.getName());
        return properties;
    }

    private static void put(Properties properties, String key, Object value) {
        properties.setProperty(key, value.toString());
    }
}
