package dev.vigil.trials;

import dev.vigil.forward.SenmlRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Readings that senders got an acknowledgement for, against readings that arrived. A reading is
 * told by its channel and its sample time in milliseconds. Owned by one thread.
 */
public final class AcknowledgedReadings {
    /** One reading as its sender knows it. */
    public record Key(String channel, Instant at) {
        static Key of(SenmlRecord record) {
            return new Key(record.name(), Instant.ofEpochMilli(millis(record.at())));
        }

        private static long millis(Instant at) {
            return Math.floorDiv(
                    at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000 + 500, 1_000);
        }
    }

    /**
     * How the two compare.
     *
     * @param missing acknowledged, never arrived
     * @param repeated acknowledged, arrived more than once under different sequences
     * @param unknown arrived without ever having been acknowledged
     * @param wrong arrived with another value
     */
    public record Comparison(
            int acknowledged,
            int once,
            List<Key> missing,
            List<Key> repeated,
            List<Key> unknown,
            List<Key> wrong) {
        /** Every acknowledged reading arrived once, with its value. */
        public boolean exactlyOnce() {
            return missing.isEmpty() && repeated.isEmpty() && wrong.isEmpty();
        }
    }

    private final Map<Key, Double> acknowledged = new HashMap<>();
    private final Map<Key, Integer> arrived = new TreeMap<>(ORDER);
    private final List<Key> wrong = new ArrayList<>();
    private final Map<Key, Double> values = new HashMap<>();

    private static final java.util.Comparator<Key> ORDER =
            java.util.Comparator.comparing(Key::at).thenComparing(Key::channel);

    public void acknowledged(Key key, double value) {
        acknowledged.put(key, value);
    }

    /** A record that arrived under a sequence not seen before. */
    public void arrived(SenmlRecord record) {
        Key key = Key.of(record);
        arrived.merge(key, 1, Integer::sum);
        values.put(key, record.value());
    }

    public int acknowledgedCount() {
        return acknowledged.size();
    }

    /** Whether all that was acknowledged so far has arrived. */
    public boolean complete() {
        return arrived.keySet().containsAll(acknowledged.keySet());
    }

    public Comparison compare() {
        List<Key> missing = new ArrayList<>();
        List<Key> repeated = new ArrayList<>();
        List<Key> unknown = new ArrayList<>();
        wrong.clear();
        int once = 0;
        for (Map.Entry<Key, Double> each : acknowledged.entrySet()) {
            int count = arrived.getOrDefault(each.getKey(), 0);
            if (count == 0) {
                missing.add(each.getKey());
            } else if (count > 1) {
                repeated.add(each.getKey());
            } else {
                once++;
            }
            if (count > 0 && !each.getValue().equals(values.get(each.getKey()))) {
                wrong.add(each.getKey());
            }
        }
        for (Key key : arrived.keySet()) {
            if (!acknowledged.containsKey(key)) {
                unknown.add(key);
            }
        }
        missing.sort(ORDER);
        repeated.sort(ORDER);
        return new Comparison(
                acknowledged.size(),
                once,
                List.copyOf(missing),
                List.copyOf(repeated),
                List.copyOf(unknown),
                List.copyOf(wrong));
    }
}
