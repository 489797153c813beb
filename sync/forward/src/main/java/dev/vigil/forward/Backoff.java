package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling from {@code first} to {@code max}, each time a
 * random half to the whole of it, so that a fleet does not come back in one moment. Owned by one
 * thread.
 */
public final class Backoff {
    private final Duration first;
    private final Duration max;
    private final RandomGenerator random;
    private Duration step;

    public Backoff(Duration first, Duration max, RandomGenerator random) {
        if (first.isZero() || first.isNegative() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "backoff from %s to %s: above 0 and not falling".formatted(first, max));
        }
        this.first = first;
        this.max = max;
        this.random = random;
        this.step = first;
    }

    /**
     * Whether {@code now} is before {@code until}; but a clock that was set back makes no wait
     * longer than {@code atMost}.
     */
    public static boolean isWaiting(Instant now, Instant until, Duration atMost) {
        return now.isBefore(until) && !until.isAfter(now.plus(atMost));
    }

    /** After a failure. */
    public Duration next() {
        long nanos = step.toNanos();
        Duration doubled = step.multipliedBy(2);
        step = doubled.compareTo(max) < 0 ? doubled : max;
        return Duration.ofNanos(nanos / 2 + (long) (random.nextDouble() * (nanos - nanos / 2)));
    }

    /** After a success. */
    public void reset() {
        step = first;
    }
}
