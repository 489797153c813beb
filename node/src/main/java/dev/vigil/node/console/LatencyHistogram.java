package dev.vigil.node.console;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts latencies in fixed buckets. {@link #record} is one writer's thread's; {@link #snapshot} is
 * anybody's. Neither locks, and recording allocates nothing.
 *
 * <p>Bounds are 1, 2 and 5 times each power of ten from 10 us to 10 s, as a Prometheus histogram's
 * {@code le}: a value equal to a bound belongs to its bucket.
 */
public final class LatencyHistogram {
    private static final long[] BOUNDS_NANOS = bounds();

    /** One count for each bound, then that above the last, then the sum in nanoseconds. */
    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS_NANOS.length + 2);

    /**
     * Counts at one moment.
     *
     * @param boundsSeconds upper bounds, ascending; the last is infinite
     * @param counts of each bucket alone, not cumulated
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Snapshot(double[] boundsSeconds, long[] counts, double sumSeconds) {
        public long count() {
            long count = 0;
            for (long bucket : counts) {
                count += bucket;
            }
            return count;
        }

        /** An upper bound of the share {@code q} of all values, in seconds; 0 without values. */
        public double quantileSeconds(double q) {
            long rank = (long) Math.ceil(q * count());
            long seen = 0;
            for (int i = 0; i < counts.length; i++) {
                seen += counts[i];
                if (seen >= rank && rank > 0) {
                    return boundsSeconds[i];
                }
            }
            return 0;
        }
    }

    /** The writer's thread only. A negative latency (a clock that went back) counts as 0. */
    public void record(long nanos) {
        long value = Math.max(0, nanos);
        int low = 0;
        int high = BOUNDS_NANOS.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (value <= BOUNDS_NANOS[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        // One writer: a plain read and an ordered write, no read-modify-write instruction.
        counts.setRelease(low, counts.getPlain(low) + 1);
        int sum = BOUNDS_NANOS.length + 1;
        counts.setRelease(sum, counts.getPlain(sum) + value);
    }

    public Snapshot snapshot() {
        int buckets = BOUNDS_NANOS.length + 1;
        double[] seconds = new double[buckets];
        long[] values = new long[buckets];
        for (int i = 0; i < buckets; i++) {
            seconds[i] = i < BOUNDS_NANOS.length ? BOUNDS_NANOS[i] / 1e9 : Double.POSITIVE_INFINITY;
            values[i] = counts.getAcquire(i);
        }
        return new Snapshot(seconds, values, counts.getAcquire(buckets) / 1e9);
    }

    private static long[] bounds() {
        long[] bounds = new long[19];
        int i = 0;
        for (long decade = TimeUnit.MICROSECONDS.toNanos(10); i < 18; decade *= 10) {
            bounds[i++] = decade;
            bounds[i++] = 2 * decade;
            bounds[i++] = 5 * decade;
        }
        bounds[i] = TimeUnit.SECONDS.toNanos(10);
        return bounds;
    }
}
