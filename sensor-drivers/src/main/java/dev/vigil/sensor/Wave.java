package dev.vigil.sensor;

import java.time.Duration;
import java.time.Instant;

/**
 * A made-up signal as a pure function of time. Immutable.
 *
 * @param mean in the unit of the channel, like {@code amplitude} and {@code noise}
 * @param amplitude from the mean to the crest
 * @param period of one wave, at least a millisecond
 * @param noise standard deviation of the normally distributed noise that is added; 0 for none
 * @param seed of the noise: the same seed gives the same noise at the same millisecond
 */
public record Wave(
        Shape shape, double mean, double amplitude, Duration period, double noise, long seed) {
    /** Form of one period. */
    public enum Shape {
        SINE,
        /** The first half period high, the second low. */
        SQUARE,
        /** Rises evenly from low to high, then falls at once. */
        RAMP,
        /** Stays at the mean: only noise. */
        NOISE
    }

    public static final Duration PERIOD_MIN = Duration.ofMillis(1);

    public Wave {
        if (!Double.isFinite(mean) || !Double.isFinite(amplitude) || !Double.isFinite(noise)) {
            throw new IllegalArgumentException(
                    "wave with mean %s, amplitude %s, noise %s: each must be finite"
                            .formatted(mean, amplitude, noise));
        }
        if (noise < 0) {
            throw new IllegalArgumentException(
                    "wave with noise %s: a standard deviation is 0 or more".formatted(noise));
        }
        if (period.compareTo(PERIOD_MIN) < 0) {
            throw new IllegalArgumentException(
                    "wave with period %s: must be 1 ms or longer".formatted(period));
        }
    }

    /** The value at this time. */
    public double at(Instant time) {
        long millis = time.toEpochMilli();
        long periodMillis = period.toMillis();
        double phase = (double) Math.floorMod(millis, periodMillis) / periodMillis;
        double swing =
                switch (shape) {
                    case SINE -> Math.sin(2 * Math.PI * phase);
                    case SQUARE -> phase < 0.5 ? 1 : -1;
                    case RAMP -> 2 * phase - 1;
                    case NOISE -> 0;
                };
        return mean + amplitude * swing + (noise == 0 ? 0 : noise * normal(millis));
    }

    /**
     * A standard normal variate that depends only on the seed and the millisecond (Box and Muller
     * 1958, on two uniform variates).
     */
    private double normal(long millis) {
        long first = mix(seed ^ mix(millis));
        double u = ((first >>> 11) + 1) * 0x1p-53; // (0, 1], so that its logarithm is finite
        double v = (mix(first) >>> 11) * 0x1p-53;
        return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    }

    /** SplitMix64's finalizer (Steele, Lea, Flood 2014). */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
