package dev.vigil.policy.trust;

import java.io.Serial;

/** Keys, revocations or grants of a site can't be used: the message names the file and the rule. */
public final class TrustFault extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    TrustFault(String message) {
        super(message);
    }

    TrustFault(String message, Throwable cause) {
        super(message, cause);
    }
}
