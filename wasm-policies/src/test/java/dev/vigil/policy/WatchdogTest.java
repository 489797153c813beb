package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final long BOUND_NANOS = Duration.ofSeconds(20).toNanos();

    /** Busy until interrupted. */
    private static boolean interruptComes() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < BOUND_NANOS) {
            if (Thread.currentThread().isInterrupted()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    @Test
    void interruptsACallThatRunsTooLongAndLeavesNoFlagBehind() {
        try (Watchdog watchdog = new Watchdog(Duration.ofMillis(1))) {
            watchdog.begin(5);
            assertTrue(interruptComes());
            assertTrue(watchdog.end());
            assertFalse(Thread.interrupted());
            assertFalse(watchdog.interruptedFromOutside());
        }
    }

    @Test
    void wakesUpForACallAfterAPause() {
        try (Watchdog watchdog = new Watchdog(Duration.ofMillis(1))) {
            long start = System.nanoTime();
            // Longer than the hundred ticks after which it sleeps.
            while (System.nanoTime() - start < Duration.ofMillis(300).toNanos()) {
                Thread.onSpinWait();
            }
            watchdog.begin(5);
            assertTrue(interruptComes());
            assertTrue(watchdog.end());
        }
    }

    @Test
    void aLateInterruptNeverHitsTheNextCall() {
        Random random = new Random(34);
        int stopped = 0;
        int finished = 0;
        try (Watchdog watchdog = new Watchdog(Duration.ofNanos(100_000))) {
            long start = System.nanoTime();
            while ((stopped < 200 || finished < 200) && System.nanoTime() - start < BOUND_NANOS) {
                long busy = random.nextInt(400_000);
                watchdog.begin(1);
                long call = System.nanoTime();
                while (System.nanoTime() - call < busy) {
                    Thread.onSpinWait();
                }
                if (watchdog.end()) {
                    stopped++;
                } else {
                    finished++;
                }
                assertFalse(Thread.interrupted(), "after call " + (stopped + finished));
                assertFalse(watchdog.interruptedFromOutside());
            }
        }
        assertTrue(stopped >= 200 && finished >= 200, stopped + " stopped, " + finished);
    }

    @Test
    void anInterruptFromOutsideDuringACallIsReportedAsSuch() {
        try (Watchdog watchdog = new Watchdog(Duration.ofSeconds(1))) {
            watchdog.begin(100);
            Thread.currentThread().interrupt();
            assertFalse(watchdog.end());
            assertFalse(Thread.interrupted());
            assertTrue(watchdog.interruptedFromOutside());
            assertFalse(watchdog.interruptedFromOutside());
        }
    }
}
