package dev.vigil.policy.trust;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.vigil.policy.JsonTree;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON objects, as {@link JsonTree} reads them, and their one canonical form (RFC 8785), so that
 * what is signed has one sequence of bytes. Stateless.
 */
final class Json {
    private static final int BYTES_MAX = 256 * 1024;
    private static final int DEPTH_MAX = 16;
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private Json() {}

    /**
     * @param what is named in messages
     * @throws IllegalArgumentException when it is not one JSON object, or has a member twice
     */
    static Map<?, ?> object(byte[] json, String what) {
        if (json.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, allowed are %d".formatted(what, json.length, BYTES_MAX));
        }
        try (JsonParser parser = FACTORY.createParser(json)) {
            Object root = JsonTree.read(parser, DEPTH_MAX);
            if (root instanceof Map<?, ?> map) {
                return map;
            }
            throw new IllegalArgumentException("it is not an object");
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is not proper JSON: %s".formatted(what, firstLine(e)), e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * The canonical form of maps, lists, strings, numbers, booleans.
     *
     * @throws IllegalArgumentException for what has none: NaN, infinities, half of a surrogate pair
     */
    static byte[] canonical(Map<?, ?> object) {
        var out = new StringBuilder();
        write(out, object);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(StringBuilder out, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                // By UTF-16 code units, as String compares.
                var sorted = new TreeMap<String, Object>();
                map.forEach((name, member) -> sorted.put((String) name, member));
                String separator = "{";
                for (Map.Entry<String, Object> member : sorted.entrySet()) {
                    out.append(separator);
                    text(out, member.getKey());
                    out.append(':');
                    write(out, member.getValue());
                    separator = ",";
                }
                out.append(sorted.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                String separator = "[";
                for (Object element : list) {
                    out.append(separator);
                    write(out, element);
                    separator = ",";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case String text -> text(out, text);
            case Number number -> out.append(number(number.doubleValue()));
            case Boolean truth -> out.append(truth);
            case JsonTree.Null _ -> out.append("null");
            default -> throw new IllegalArgumentException("no JSON: " + value.getClass());
        }
    }

    private static void text(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        whole(text, i);
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static void whole(String text, int index) {
        char c = text.charAt(index);
        boolean ends = index + 1 == text.length();
        if ((Character.isHighSurrogate(c)
                        && (ends || !Character.isLowSurrogate(text.charAt(index + 1))))
                || (Character.isLowSurrogate(c)
                        && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1))))) {
            throw new IllegalArgumentException(
                    "a text has half of a surrogate pair at %d".formatted(index));
        }
    }

    /** As ECMAScript writes a number, which RFC 8785 takes over. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("no JSON number: " + value);
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int count = digits.length();
        int point = count - shortest.scale();
        String sign = value < 0 ? "-" : "";
        if (point > 21 || point <= -6) {
            String exponent = (point > 0 ? "+" : "-") + Math.abs(point - 1);
            String rest = count == 1 ? "" : "." + digits.substring(1);
            return sign + digits.charAt(0) + rest + "e" + exponent;
        }
        if (point <= 0) {
            return sign + "0." + "0".repeat(-point) + digits;
        }
        if (point >= count) {
            return sign + digits + "0".repeat(point - count);
        }
        return sign + digits.substring(0, point) + "." + digits.substring(point);
    }

    /**
     * Java's digits are the shortest that read back as the same double, but never fewer than two.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal two = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        BigDecimal one = two.round(new MathContext(1, RoundingMode.HALF_EVEN));
        return two.precision() == 2 && one.doubleValue() == value ? one : two;
    }
}
