package dev.vigil.node;

import java.io.Serial;

/**
 * The node can't do what its configuration says; the message names the object, the value and the
 * cause.
 */
final class StartFault extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    StartFault(String message, Throwable cause) {
        super(message, cause);
    }
}
