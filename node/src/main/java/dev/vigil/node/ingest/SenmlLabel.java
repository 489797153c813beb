package dev.vigil.node.ingest;

import org.jspecify.annotations.Nullable;

/** The labels of RFC 8428, tables 1, 2 and 4. */
enum SenmlLabel {
    BASE_VERSION("bver", "-1"),
    BASE_NAME("bn", "-2"),
    BASE_TIME("bt", "-3"),
    BASE_UNIT("bu", "-4"),
    BASE_VALUE("bv", "-5"),
    BASE_SUM("bs", "-6"),
    NAME("n", "0"),
    UNIT("u", "1"),
    VALUE("v", "2"),
    STRING_VALUE("vs", "3"),
    BOOLEAN_VALUE("vb", "4"),
    SUM("s", "5"),
    TIME("t", "6"),
    UPDATE_TIME("ut", "7"),
    DATA_VALUE("vd", "8");

    private final String text;
    private final String integer;

    SenmlLabel(String text, String integer) {
        this.text = text;
        this.integer = integer;
    }

    String text() {
        return text;
    }

    /** Base labels speak of this record and those behind it, the others of this one only. */
    boolean isBase() {
        return text.startsWith("b");
    }

    /** Null for a label that the RFC does not define. Integers are labels in CBOR only. */
    static @Nullable SenmlLabel of(String label, boolean cbor) {
        if (cbor && !label.isEmpty() && label.charAt(0) < 'A') {
            for (SenmlLabel known : VALUES) {
                if (known.integer.equals(label)) {
                    return known;
                }
            }
            return null;
        }
        return switch (label) {
            case "n" -> NAME;
            case "v" -> VALUE;
            case "u" -> UNIT;
            case "t" -> TIME;
            case "bn" -> BASE_NAME;
            case "bt" -> BASE_TIME;
            case "bu" -> BASE_UNIT;
            case "bv" -> BASE_VALUE;
            case "bs" -> BASE_SUM;
            case "bver" -> BASE_VERSION;
            case "vs" -> STRING_VALUE;
            case "vb" -> BOOLEAN_VALUE;
            case "vd" -> DATA_VALUE;
            case "s" -> SUM;
            case "ut" -> UPDATE_TIME;
            default -> null;
        };
    }

    private static final SenmlLabel[] VALUES = values();
}
