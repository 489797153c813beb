package dev.vigil.node.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * What a sender says about when it measured, and whether that can be; pure functions.
 *
 * <p>A sample time more than {@link #OLDEST} before or {@link #NEWEST} after its arrival is
 * implausible: a sensor without a clock says 1970, one with a broken clock anything. The reading is
 * kept with the time of its arrival and {@link dev.vigil.sensor.Quality#UNCERTAIN}, so that a fire
 * is detected whatever the sensor believes the date to be (decision 0032).
 */
final class SampleTime {
    /** As old as what a gateway may bring after a long outage of its own. */
    static final Duration OLDEST = Duration.ofDays(31);

    /** Clocks that are set, but not well. */
    static final Duration NEWEST = Duration.ofMinutes(10);

    /** RFC 8428, 4.5.3: below 2^28 a time is relative to now, in seconds. */
    private static final double RELATIVE_BELOW = 1 << 28;

    /** Numbers from here on are milliseconds: as seconds they would be in the year 5138. */
    private static final double MILLISECONDS_FROM = 1e11;

    private SampleTime() {}

    static boolean isPlausible(Instant at, Instant arrival) {
        return !at.isBefore(arrival.minus(OLDEST)) && !at.isAfter(arrival.plus(NEWEST));
    }

    /** SenML's resolved time (base time + time); null when it is not a time at all. */
    static @Nullable Instant ofSenml(double seconds, Instant arrival) {
        if (seconds == 0) {
            return arrival;
        }
        return seconds < RELATIVE_BELOW ? after(arrival, seconds) : after(Instant.EPOCH, seconds);
    }

    /** Seconds or milliseconds since 1970, told apart by their size; null when neither. */
    static @Nullable Instant ofEpoch(double number) {
        return Math.abs(number) < MILLISECONDS_FROM
                ? after(Instant.EPOCH, number)
                : after(Instant.EPOCH, number / 1000);
    }

    /** ISO 8601 with an offset or {@code Z}, or a number as text; null when neither. */
    static @Nullable Instant ofText(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException _) {
            Double number = DecimalNumber.parse(text);
            return number == null ? null : ofEpoch(number);
        }
    }

    /** To the microsecond: what a double of this century's seconds can hold. */
    private static @Nullable Instant after(Instant from, double seconds) {
        if (!(Math.abs(seconds) < MILLISECONDS_FROM)) {
            return null;
        }
        double whole = Math.floor(seconds);
        long micros = Math.round((seconds - whole) * 1e6);
        return from.plusSeconds((long) whole).plusNanos(micros * 1000);
    }
}
