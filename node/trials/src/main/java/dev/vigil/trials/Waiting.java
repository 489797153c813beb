package dev.vigil.trials;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition, never for a time. Any thread; holds nothing. */
final class Waiting {
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private Waiting() {}

    /**
     * Looks every 10 ms until {@code condition} holds; says whether it did within {@code bound}.
     */
    static boolean until(Duration bound, BooleanSupplier condition) {
        long deadline = System.nanoTime() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return true;
    }

    /**
     * As {@link #until}, but a condition that does not come true is an error that says what it was.
     */
    static void require(Duration bound, BooleanSupplier condition, Supplier<String> otherwise) {
        if (!until(bound, condition)) {
            throw new TrialFailure(
                    "%s (waited %d ms)".formatted(otherwise.get(), bound.toMillis()));
        }
    }

    /**
     * Until {@link System#nanoTime} is {@code nanoTime}: for schedules, with parks, not spinning.
     */
    static void untilNanoTime(long nanoTime) {
        for (long left = nanoTime - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
