package dev.vigil.policy;

import java.io.Serial;

/** A guest broke a rule; never leaves this package. */
final class GuestFault extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final PolicyFailure.Kind kind;

    GuestFault(PolicyFailure.Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    static GuestFault protocol(String message) {
        return new GuestFault(PolicyFailure.Kind.PROTOCOL, message);
    }

    PolicyFailure.Kind kind() {
        return kind;
    }

    String text() {
        String message = getMessage();
        return message == null ? kind.toString() : message;
    }
}
