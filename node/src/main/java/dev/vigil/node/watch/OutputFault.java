package dev.vigil.node.watch;

import java.io.Serial;

/**
 * An output did not do what it was told; the message names the output, the cause and what was
 * tried.
 */
public final class OutputFault extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    public OutputFault(String message) {
        super(message);
    }

    public OutputFault(String message, Throwable cause) {
        super(message, cause);
    }
}
