package dev.vigil.forward;

import java.time.Duration;

/** What the processes of the tests have in common. Stateless. */
final class TestProcess {
    private TestProcess() {}

    /** Waits at most so long for its end. */
    static boolean endsWithin(Process process, Duration bound) {
        try {
            return process.waitFor(bound);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "interrupted while waiting for process %d".formatted(process.pid()), e);
        }
    }
}
