package dev.vigil.node.ingest;

import java.util.ArrayList;
import java.util.List;

/**
 * A JSON pointer (RFC 6901) cut into its reference tokens; immutable.
 *
 * @param tokens unescaped; empty for the whole document
 */
record Pointer(List<String> tokens) {
    Pointer {
        tokens = List.copyOf(tokens);
    }

    /**
     * @throws IllegalArgumentException for what RFC 6901, section 3, does not allow
     */
    static Pointer of(String pointer) {
        if (pointer.isEmpty()) {
            return new Pointer(List.of());
        }
        if (pointer.charAt(0) != '/') {
            throw new IllegalArgumentException(
                    "JSON pointer '%s' must be empty or begin with '/' (RFC 6901, 3)"
                            .formatted(pointer));
        }
        List<String> tokens = new ArrayList<>();
        for (String token : pointer.substring(1).split("/", -1)) {
            tokens.add(unescaped(token, pointer));
        }
        return new Pointer(tokens);
    }

    int size() {
        return tokens.size();
    }

    /** True when the token at {@code depth} names this field or, as a number, this element. */
    boolean names(int depth, String field) {
        return depth < tokens.size() && tokens.get(depth).equals(field);
    }

    private static String unescaped(String token, String pointer) {
        for (int i = token.indexOf('~'); i >= 0; i = token.indexOf('~', i + 1)) {
            char next = i + 1 < token.length() ? token.charAt(i + 1) : ' ';
            if (next != '0' && next != '1') {
                throw new IllegalArgumentException(
                        "JSON pointer '%s': '~' must be followed by 0 or 1 (RFC 6901, 3)"
                                .formatted(pointer));
            }
        }
        return token.replace("~1", "/").replace("~0", "~");
    }
}
