package dev.vigil.trials;

import java.util.Arrays;
import java.util.Locale;

/** Sorted durations in nanoseconds; nearest-rank percentiles. Immutable. */
final class Percentiles {
    private final long[] sorted;

    Percentiles(long[] nanos) {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("no measurement, no percentile");
        }
        sorted = nanos.clone();
        Arrays.sort(sorted);
    }

    int count() {
        return sorted.length;
    }

    /** The smallest measured value that at least {@code share} (0..1) of all do not exceed. */
    long at(double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
    }

    /** {@code 1.3 ms}. */
    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
