package dev.vigil.forward;

import java.math.BigDecimal;
import java.time.Instant;

/** Records as SenML JSON (RFC 8428, section 5), one line each. Stateless. */
public final class SenmlJson {
    private SenmlJson() {}

    /**
     * One resolved record with its place: {@code
     * {"stream":"gw-01/5f0c…/history","seq":17,"n":"gw-01/kitchen/temperature","u":"Cel","v":21.5,"t":1763900000.25}}.
     */
    public static String line(StreamId stream, long sequence, SenmlRecord record) {
        var json = new StringBuilder(160).append("{\"stream\":");
        string(json, stream.toString());
        json.append(",\"seq\":").append(sequence).append(',');
        fields(json, stream.node() + "/" + record.name(), record);
        return json.append('}').toString();
    }

    private static void fields(StringBuilder json, String name, SenmlRecord record) {
        json.append("\"n\":");
        string(json, name);
        String unit = record.unit();
        if (unit != null) {
            json.append(",\"u\":");
            string(json, unit);
        }
        String text = record.text();
        if (text == null) {
            json.append(",\"v\":").append(number(record.value()));
        } else {
            json.append(",\"vs\":");
            string(json, text);
        }
        json.append(",\"t\":").append(seconds(record.at()));
        String quality = record.quality();
        if (quality != null) {
            json.append(",\"q\":");
            string(json, quality);
        }
    }

    static void string(StringBuilder json, String value) {
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                default -> {
                    if (c < 0x20 || c == 0x7f || Character.isSurrogate(c)) {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    /** Shortest decimal that gives the same double back; whole numbers without a fraction. */
    private static String number(double value) {
        String digits = Double.toString(value);
        return digits.endsWith(".0") && !digits.startsWith("-0.")
                ? digits.substring(0, digits.length() - 2)
                : digits;
    }

    private static String seconds(Instant at) {
        if (at.getNano() == 0) {
            return Long.toString(at.getEpochSecond());
        }
        return BigDecimal.valueOf(at.getEpochSecond())
                .add(BigDecimal.valueOf(at.getNano(), 9))
                .stripTrailingZeros()
                .toPlainString();
    }
}
