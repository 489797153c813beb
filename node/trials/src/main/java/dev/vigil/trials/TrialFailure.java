package dev.vigil.trials;

import java.io.Serial;

/** A trial could not be carried out: a process did not start, a link did not come back in time. */
public final class TrialFailure extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    public TrialFailure(String message) {
        super(message);
    }

    public TrialFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
