package dev.vigil.node.console;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON text (RFC 8259), member by member. Owned by the thread that makes it; the caller
 * pairs opens and closes.
 */
final class Json {
    private final StringBuilder text = new StringBuilder(4_096);
    private boolean first = true;

    Json open(char bracket) {
        comma();
        text.append(bracket);
        first = true;
        return this;
    }

    Json close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    Json key(String name) {
        comma();
        quoted(name);
        text.append(':');
        first = true;
        return this;
    }

    Json put(String name, @Nullable String value) {
        key(name);
        comma();
        if (value == null) {
            text.append("null");
        } else {
            quoted(value);
        }
        return this;
    }

    Json put(String name, long value) {
        key(name).comma();
        text.append(value);
        return this;
    }

    Json put(String name, boolean value) {
        key(name).comma();
        text.append(value);
        return this;
    }

    /** JSON has no infinities and no NaN: they become null, like a missing number. */
    Json put(String name, @Nullable Double value) {
        key(name).comma();
        if (value == null || !Double.isFinite(value)) {
            text.append("null");
        } else {
            text.append(value.doubleValue());
        }
        return this;
    }

    /** ISO 8601. */
    Json put(String name, @Nullable Instant value) {
        return put(name, value == null ? null : value.toString());
    }

    /** An element of an array. */
    Json add(String value) {
        comma();
        quoted(value);
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void comma() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private void quoted(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                default -> {
                    // U+2028 and lone surrogates too, so that any reader takes the text.
                    if (c < ' '
                            || c == 0x7f
                            || c == '\u2028'
                            || c == '\u2029'
                            || Character.isSurrogate(c)) {
                        text.append("\\u%04x".formatted((int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
