package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void delaysDoubleToTheLongestWithJitterInTheUpperHalfAndBeginAnewAfterSuccess() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(7));
        long[] steps = {1, 2, 4, 8, 16, 30, 30};
        for (long step : steps) {
            between(step, backoff.next());
        }
        backoff.reset();
        between(1, backoff.next());
    }

    @Test
    void noWaitIsLongerThanItCanBeWhenTheClockIsSetBack() {
        Instant until = Instant.parse("2026-05-01T12:00:00Z");
        Duration atMost = Duration.ofSeconds(30);
        assertTrue(Backoff.isWaiting(until.minus(atMost), until, atMost));
        assertFalse(Backoff.isWaiting(until, until, atMost));
        assertFalse(Backoff.isWaiting(until.minus(atMost).minusNanos(1), until, atMost));
    }

    private static void between(long step, Duration delay) {
        assertTrue(
                delay.toNanos() >= step * 500_000_000L && delay.toNanos() <= step * 1_000_000_000L,
                () -> delay + " of step " + step);
    }
}
