package dev.vigil.policy.trust;

import java.io.Serial;

/**
 * The disk under a {@link PolicyStore} failed, or what is on it is damaged. What is armed is what
 * {@link PolicyStore#shelf} says afterwards.
 */
public final class PolicyStoreFault extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    PolicyStoreFault(String message) {
        super(message);
    }

    PolicyStoreFault(String message, Throwable cause) {
        super(message, cause);
    }
}
