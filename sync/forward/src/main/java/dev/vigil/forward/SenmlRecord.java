package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One resolved SenML record (RFC 8428, section 4.6): absolute name and time, no base fields. Either
 * a number or a text.
 *
 * @param name absolute name without the node: {@code kitchen/temperature}, {@code alarm/…}
 * @param unit SenML unit of {@code value}; null for a text
 * @param value the number ({@code v}); 0 for a text
 * @param text the string value ({@code vs}); null for a number
 * @param quality extension label {@code q}: null for good, else {@code UNCERTAIN} or {@code BAD}
 */
public record SenmlRecord(
        String name,
        @Nullable String unit,
        double value,
        @Nullable String text,
        @Nullable String quality,
        Instant at) {
    public static SenmlRecord number(
            String name, String unit, double value, @Nullable String quality, Instant at) {
        return new SenmlRecord(name, unit, value, null, quality, at);
    }

    public static SenmlRecord text(String name, String text, Instant at) {
        return new SenmlRecord(name, null, 0, text, null, at);
    }

    SenmlRecord shifted(Duration by) {
        return new SenmlRecord(name, unit, value, text, quality, at.plus(by));
    }
}
