package dev.vigil.policy.tool;

import java.io.Serial;

/** A command can't go on: the message names the object, its value and the rule. */
final class ToolFailure extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /** Exit code: what was looked at does not keep the rules. */
    static final int BROKEN = 1;

    /** Exit code: wrong arguments, or something that can't be read or written. */
    static final int USAGE = 2;

    private final int code;

    private ToolFailure(int code, String message) {
        super(message);
        this.code = code;
    }

    static ToolFailure broken(String message) {
        return new ToolFailure(BROKEN, message);
    }

    static ToolFailure usage(String message) {
        return new ToolFailure(USAGE, message);
    }

    int code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
