package dev.vigil.trials;

import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a histogram of a node counted between two moments. Immutable.
 *
 * @param upTo how many values were at most so many seconds; the last bound is infinite
 */
record BucketCounts(NavigableMap<Double, Double> upTo) {
    BucketCounts {
        upTo = new TreeMap<>(upTo);
        if (upTo.isEmpty() || upTo.lastKey() != Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "a histogram with the bounds %s: the last must be infinite"
                            .formatted(upTo.keySet()));
        }
    }

    /** The histogram {@code name}, which the later metrics must have. */
    static BucketCounts between(NodeMetrics before, NodeMetrics after, String name) {
        NavigableMap<Double, Double> counts = after.buckets(name);
        if (counts.isEmpty()) {
            throw new TrialFailure("the node has no histogram " + name);
        }
        before.buckets(name).forEach((bound, count) -> counts.merge(bound, -count, Double::sum));
        return new BucketCounts(counts);
    }

    long count() {
        return Math.round(upTo.lastEntry().getValue());
    }

    /** The share, 0 to 1, that is at most {@code seconds}, which must be one of the bounds. */
    double within(double seconds) {
        Double counted = upTo.get(seconds);
        if (counted == null) {
            throw new IllegalArgumentException(
                    "%s s is no bound of the histogram: %s".formatted(seconds, upTo.keySet()));
        }
        return counted / count();
    }

    /** {@code <= 0.5 ms}: the least bound that at least {@code share} (0 to 1) do not exceed. */
    String quantile(double share) {
        if (count() == 0) {
            throw new IllegalArgumentException("a histogram without values has no quantile");
        }
        double rank = Math.ceil(share * count());
        for (var bucket : upTo.entrySet()) {
            if (bucket.getValue() >= rank && bucket.getKey() < Double.POSITIVE_INFINITY) {
                return String.format(Locale.ROOT, "<= %s ms", millis(bucket.getKey()));
            }
        }
        return "> %s ms".formatted(millis(upTo.lowerKey(Double.POSITIVE_INFINITY)));
    }

    /** 0.5, 20: bounds have one digit. */
    private static String millis(double seconds) {
        return new java.math.BigDecimal(seconds * 1000)
                .round(new java.math.MathContext(1))
                .stripTrailingZeros()
                .toPlainString();
    }
}
