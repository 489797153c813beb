package dev.vigil.node.console;

import java.util.Arrays;

/**
 * The pauses of one garbage collector, told from its running totals. Any thread; they take turns.
 *
 * <p>A collector says its total time in whole milliseconds, so a pause is right to a millisecond
 * either way, and their sum is right. When several collections happened between two looks, all the
 * time is taken as one of them: a long pause is never made to look like several short ones.
 */
final class PauseHistogram {
    private static final long[] BOUNDS_MILLIS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000
    };

    private final long[] counts = new long[BOUNDS_MILLIS.length + 1];
    private long collections;
    private long millis;
    private long longestMillis;

    /**
     * Counts at one moment.
     *
     * @param boundsSeconds upper bounds, ascending; the last is infinite
     * @param counts of each bucket alone, not cumulated
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Snapshot(
            double[] boundsSeconds, long[] counts, double sumSeconds, double longestSeconds) {}

    /** The collector's totals since its start; a negative one means that it does not count. */
    synchronized void total(long collectionsNow, long millisNow) {
        long more = collectionsNow - collections;
        if (more <= 0) {
            return; // its time is taken with the collection it belongs to
        }
        long pause = Math.max(0, millisNow - millis);
        collections = collectionsNow;
        millis = Math.max(millis, millisNow);
        counts[bucket(pause)]++;
        counts[0] += more - 1;
        longestMillis = Math.max(longestMillis, pause);
    }

    synchronized Snapshot snapshot() {
        double[] seconds = new double[counts.length];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] =
                    i < BOUNDS_MILLIS.length ? BOUNDS_MILLIS[i] / 1e3 : Double.POSITIVE_INFINITY;
        }
        return new Snapshot(seconds, counts.clone(), millis / 1e3, longestMillis / 1e3);
    }

    private static int bucket(long pause) {
        int found = Arrays.binarySearch(BOUNDS_MILLIS, pause);
        return found >= 0 ? found : -found - 1;
    }
}
