package dev.vigil.node.ingest;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A decimal number as text, as sensors write it: {@code 21.5}, {@code -3e2}; pure functions. */
final class DecimalNumber {
    private static final int LENGTH_MAX = 64;

    private DecimalNumber() {}

    /** Spaces and line ends around it are allowed; null when it is not a decimal number. */
    static @Nullable Double parse(byte[] bytes, int offset, int length) {
        int from = offset;
        int to = offset + length;
        while (from < to && isSpace(bytes[from])) {
            from++;
        }
        while (to > from && isSpace(bytes[to - 1])) {
            to--;
        }
        if (from == to || to - from > LENGTH_MAX) {
            return null;
        }
        return parse(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
    }

    /** NaN and infinities by name are numbers too, so that their refusal can say so. */
    static @Nullable Double parse(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
                return notFinite(text);
            }
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException _) {
            return null;
        }
    }

    private static @Nullable Double notFinite(String text) {
        return switch (text) {
            case "NaN", "nan", "NAN" -> Double.NaN;
            case "Infinity", "inf", "Inf", "INF", "+inf", "+Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity", "-inf", "-Inf", "-INF" -> Double.NEGATIVE_INFINITY;
            default -> null;
        };
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }
}
