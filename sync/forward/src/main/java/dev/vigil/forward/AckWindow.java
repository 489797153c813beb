package dev.vigil.forward;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Blocks on their way through a broker to the ledger: first they wait to be published, ALARM before
 * HISTORY, then for the broker's confirmation (PUBACK), then for the ledger's acknowledgement,
 * which alone counts. Owned by the shipper's thread, whose window bounds it; knows no network and
 * no clock: times are nanoseconds of any origin.
 */
final class AckWindow {
    private final Duration patience;
    private final Map<Lane, ArrayDeque<Entry>> waiting = new EnumMap<>(Lane.class);
    private final List<Entry> published = new ArrayList<>();
    private final Map<String, MqttBlock.Acknowledgement> acknowledged = new HashMap<>();
    private int unconfirmed;
    private long progressNanos;

    /** A block and what is said of it. Compared by identity: the same block may come again. */
    static final class Entry {
        private final Block block;
        private final Waybill waybill;

        private Entry(Block block, Waybill waybill) {
            this.block = block;
            this.waybill = waybill;
        }

        Block block() {
            return block;
        }

        Map<String, String> headers() {
            return waybill.headers(block);
        }
    }

    /**
     * Nothing is on its way.
     *
     * @param streams whose acknowledgements count
     * @param patience how long nothing may happen while something is on its way
     */
    AckWindow(List<StreamId> streams, Duration patience) {
        this.patience = patience;
        for (StreamId stream : streams) {
            var nothing = new MqttBlock.Acknowledgement(stream.toString(), 0, List.of());
            acknowledged.put(nothing.stream(), nothing);
        }
        for (Lane lane : Lane.values()) {
            waiting.put(lane, new ArrayDeque<>());
        }
    }

    boolean isEmpty() {
        return published.isEmpty() && waiting.values().stream().allMatch(ArrayDeque::isEmpty);
    }

    /** An outcome at once when the ledger has said already that it has this block. */
    Optional<Uplink.Outcome> add(Block block, Waybill waybill, long nanos) {
        if (isAcknowledged(block)) {
            return Optional.of(new Uplink.Outcome(block, new Delivery.Delivered()));
        }
        if (isEmpty()) {
            progressNanos = nanos;
        }
        waiting(block.stream().lane()).add(new Entry(block, waybill));
        return Optional.empty();
    }

    /** The next one to be published, from now on counted as such; none while too many are. */
    Optional<Entry> take(int unconfirmedMax) {
        if (unconfirmed >= unconfirmedMax) {
            return Optional.empty();
        }
        for (Lane lane : Lane.values()) {
            Entry next = waiting(lane).poll();
            if (next != null) {
                published.add(next);
                unconfirmed++;
                return Optional.of(next);
            }
        }
        return Optional.empty();
    }

    /** The broker has taken one. */
    void confirmed(long nanos) {
        unconfirmed = Math.max(0, unconfirmed - 1);
        progressNanos = nanos;
    }

    /** The broker, or its access list, does not want this one. */
    Optional<Uplink.Outcome> refused(Entry entry, String reason, long nanos) {
        confirmed(nanos);
        return published.removeIf(e -> e == entry)
                ? Optional.of(new Uplink.Outcome(entry.block(), new Delivery.Failed(reason)))
                : Optional.empty();
    }

    /** Of the ledger; streams of others pass. It never takes back what it said. */
    List<Uplink.Outcome> acknowledged(MqttBlock.Acknowledgement said, long nanos) {
        MqttBlock.Acknowledgement before = acknowledged.get(said.stream());
        if (before == null || said.through() < before.through()) {
            return List.of();
        }
        acknowledged.put(said.stream(), said);
        var outcomes = new ArrayList<Uplink.Outcome>();
        takeAcknowledged(published.iterator(), outcomes);
        waiting.values().forEach(queue -> takeAcknowledged(queue.iterator(), outcomes));
        if (!outcomes.isEmpty()) {
            progressNanos = nanos;
        }
        return outcomes;
    }

    /** Something is on its way and nothing has happened for too long. */
    boolean isStuck(long nanos) {
        return !isEmpty() && nanos - progressNanos >= patience.toNanos();
    }

    /** The connection is gone: what was published may have arrived, the rest has not. */
    List<Uplink.Outcome> abandon(String reason) {
        var outcomes = new ArrayList<Uplink.Outcome>();
        published.forEach(
                e -> outcomes.add(new Uplink.Outcome(e.block(), new Delivery.Unknown(reason))));
        waiting.values()
                .forEach(
                        queue ->
                                queue.forEach(
                                        e ->
                                                outcomes.add(
                                                        new Uplink.Outcome(
                                                                e.block(),
                                                                new Delivery.Failed(reason)))));
        published.clear();
        waiting.values().forEach(ArrayDeque::clear);
        unconfirmed = 0;
        return outcomes;
    }

    private void takeAcknowledged(Iterator<Entry> entries, List<Uplink.Outcome> outcomes) {
        while (entries.hasNext()) {
            Block block = entries.next().block();
            if (isAcknowledged(block)) {
                entries.remove();
                outcomes.add(new Uplink.Outcome(block, new Delivery.Delivered()));
            }
        }
    }

    private boolean isAcknowledged(Block block) {
        MqttBlock.Acknowledgement said = acknowledged.get(block.stream().toString());
        return said != null && said.covers(block);
    }

    private ArrayDeque<Entry> waiting(Lane lane) {
        return Objects.requireNonNull(waiting.get(lane));
    }
}
