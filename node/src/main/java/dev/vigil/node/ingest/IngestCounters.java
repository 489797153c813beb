package dev.vigil.node.ingest;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * What came in and what became of it, since the start; any thread adds and reads. A sum read while
 * others add is a moment's picture.
 */
public final class IngestCounters {
    /** What is counted without a reason. */
    public enum Count {
        /** MQTT messages received, of all kinds and qualities of service. */
        MESSAGES("messages"),
        /** Readings put into the inbox. */
        READINGS("readings"),
        /** PUBACKs sent: each for a message whose records are fsynced. */
        ACKNOWLEDGED("acknowledged"),
        /** QoS 0 messages thrown away because the node was full. QoS 1 ones are never. */
        DROPPED_QOS_0("dropped-qos-0"),
        /**
         * QoS 1 messages received but not taken when their connection ended; their sender still has
         * them.
         */
        UNTAKEN_QOS_1("untaken-qos-1"),
        /** Messages with the DUP flag; they are kept like others, the centre sees the sequence. */
        DUPLICATE_FLAG("duplicate-flag"),
        /** Empty retained messages: a sensor clears its topic. Acknowledged, nothing is kept. */
        RETAINED_CLEARS("retained-clears"),
        /** Times a connection was no longer read because the node was full. */
        PAUSES("pauses"),
        /** Connections accepted. */
        CONNECTS("connects"),
        /** Wills handled because a connection broke. */
        WILLS("wills"),
        /** Messages sent to subscribers. */
        PUBLISHED("published"),
        /** Retained messages of the node refused because there were too many. */
        RETAINED_REFUSED("retained-refused");

        private final String tag;

        Count(String tag) {
            this.tag = tag;
        }

        /** As metrics show it. */
        public String tag() {
            return tag;
        }
    }

    private final Map<Count, LongAdder> counts = adders(Count.class);
    private final Map<QuarantineReason, LongAdder> quarantined = adders(QuarantineReason.class);
    private final Map<RefusalReason, LongAdder> refused = adders(RefusalReason.class);
    private final LongAdder connections = new LongAdder();

    public long get(Count count) {
        return of(counts, count).sum();
    }

    /** Messages or records not taken as readings, for one reason. */
    public long quarantined(QuarantineReason reason) {
        return of(quarantined, reason).sum();
    }

    /** Of all reasons, except that kept readings with a replaced time are not among them. */
    public long quarantinedTotal() {
        return sum(quarantined) - quarantined(QuarantineReason.IMPLAUSIBLE_TIME);
    }

    /** Connections refused or ended by the node, for one reason. */
    public long refused(RefusalReason reason) {
        return of(refused, reason).sum();
    }

    public long refusedTotal() {
        return sum(refused);
    }

    /** Open MQTT connections of the listener. */
    public int connections() {
        return connections.intValue();
    }

    void add(Count count) {
        of(counts, count).increment();
    }

    void add(Count count, long n) {
        of(counts, count).add(n);
    }

    void addQuarantined(QuarantineReason reason) {
        of(quarantined, reason).increment();
    }

    void addRefused(RefusalReason reason) {
        of(refused, reason).increment();
    }

    void connectionOpened() {
        connections.increment();
    }

    void connectionClosed() {
        connections.decrement();
    }

    /** Filled once with every constant, so that threads only read the map. */
    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return adders;
    }

    private static <E extends Enum<E>> LongAdder of(Map<E, LongAdder> adders, E constant) {
        return Objects.requireNonNull(adders.get(constant));
    }

    private static <E extends Enum<E>> long sum(Map<E, LongAdder> adders) {
        long sum = 0;
        for (LongAdder adder : adders.values()) {
            sum += adder.sum();
        }
        return sum;
    }
}
