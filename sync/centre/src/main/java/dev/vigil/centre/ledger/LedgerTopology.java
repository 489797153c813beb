package dev.vigil.centre.ledger;

import dev.vigil.centre.Topics;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/** The ledger as a topology of Kafka Streams: two sources, one processor, a sink a topic. */
final class LedgerTopology {
    private static final String PROCESSOR = "ledger";
    private static final List<String> SINKS =
            List.of(
                    Topics.READINGS,
                    Topics.ALARMS,
                    Topics.LOSSES,
                    Topics.GAPS,
                    Topics.QUARANTINE,
                    Topics.ACKS,
                    Topics.FLEET);

    private LedgerTopology() {}

    /**
     * A topology.
     *
     * @param gapWait after which a gap is reported
     * @param format asked once for each partition
     */
    static Topology build(
            Duration gapWait, Supplier<RecordFormat> format, LedgerCounters counters) {
        var topology = new Topology();
        var bytes = new ByteArrayDeserializer();
        topology.addSource("blocks", bytes, bytes, Topics.UPLINK);
        topology.addSource("losses", bytes, bytes, Topics.LOSSES);
        topology.addProcessor(
                PROCESSOR,
                () -> new LedgerProcessor(gapWait, format.get(), counters),
                "blocks",
                "losses");
        // A few hundred bytes a stream: memory, restored from the changelog at the start.
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(LedgerProcessor.STREAMS),
                        Serdes.String(),
                        StreamStateCodec.serde()),
                PROCESSOR);
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(LedgerProcessor.HELD),
                        Serdes.String(),
                        Serdes.ByteArray()),
                PROCESSOR);
        var write = new ByteArraySerializer();
        for (String topic : SINKS) {
            topology.addSink(topic, topic, write, write, PROCESSOR);
        }
        return topology;
    }
}
