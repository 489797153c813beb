package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Gives a shipper its turns on the test's thread, as the node's shipper thread does. */
final class Turning {
    static final Clock CLOCK = Clock.systemUTC();
    private static final Duration BOUND = Duration.ofSeconds(60);

    private Turning() {}

    static void untilDelivered(Shipper shipper, Journal journal) {
        until(
                shipper,
                () ->
                        journal.state(Lane.ALARM).undeliveredRecords() == 0
                                && journal.state(Lane.HISTORY).undeliveredRecords() == 0);
    }

    static void during(Shipper shipper, Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        until(shipper, () -> System.nanoTime() > end);
    }

    static void until(Shipper shipper, BooleanSupplier done) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!done.getAsBoolean()) {
            pause(shipper.turn(Instant.now(CLOCK)));
            assertTrue(System.nanoTime() < end, "not within 60 s: " + shipper.link());
        }
    }

    static void pause(Shipper.Turn turn) {
        Duration pause = Duration.between(Instant.now(CLOCK), turn.again());
        LockSupport.parkNanos(Math.clamp(pause.toNanos(), 0, 20_000_000));
    }
}
