package dev.vigil.node.ingest;

import java.io.Serial;

/**
 * A whole payload that can't be taken. Without a stack trace: what is wrong is the sender's, not
 * the code's, and a faulty sensor may send thousands a second.
 */
final class UnreadablePayload extends Exception {
    @Serial private static final long serialVersionUID = 1L;
    private final QuarantineReason kind;

    /** {@code message} names the value and the rule it broke. */
    UnreadablePayload(QuarantineReason kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    QuarantineReason kind() {
        return kind;
    }

    /** The reason as it is recorded and shown. */
    String reason() {
        String message = getMessage();
        return message == null ? kind.tag() : message;
    }
}
