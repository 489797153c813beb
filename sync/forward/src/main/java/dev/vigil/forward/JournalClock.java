package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Time as the journal counts it: a steady age for expiry, and the reading that blocks are stamped
 * with. Owned by the committer.
 */
final class JournalClock {
    /**
     * Without a steady clock a leap counts as this much: local history neither expires nor stays.
     */
    private static final Duration STEP_MAX = Duration.ofHours(1);

    /** A change of the wall clock beyond this is a step and not a correction of its rate. */
    private static final Duration STEP_MIN = Duration.ofSeconds(1);

    /** So long after a step records may come that were dated before it. */
    private static final Duration STRADDLE = Duration.ofSeconds(10);

    private final @Nullable Supplier<ClockReading> source;
    private Instant now;
    private volatile Duration age = Duration.ZERO;
    private @Nullable ClockReading reading;
    private Duration jump = Duration.ZERO;
    private Duration jumpedUntil = Duration.ZERO;

    JournalClock(@Nullable Supplier<ClockReading> source, Instant now) {
        this.source = source;
        this.now = now;
        this.reading = source == null ? null : source.get();
    }

    void tick(Instant instant) {
        ClockReading before = reading;
        if (source == null || before == null) {
            Duration step = Duration.between(now, instant);
            grow(step.compareTo(STEP_MAX) < 0 ? step : STEP_MAX);
        } else {
            ClockReading read = source.get();
            grow(read.steady().minus(before.steady()));
            Duration change = Duration.between(before.origin(), read.origin());
            if (change.abs().compareTo(STEP_MIN) > 0) {
                jump = change;
                jumpedUntil = read.steady().plus(STRADDLE);
            }
            reading = read;
        }
        now = instant;
    }

    Instant now() {
        return now;
    }

    /** How long the journal has been open; any thread. */
    Duration age() {
        return age;
    }

    Optional<ClockReading> reading() {
        return Optional.ofNullable(reading);
    }

    /**
     * Records that were dated just before the wall clock stepped, on the line of the others. What
     * is farther away from both was dated by a sensor's own clock, which has not stepped.
     */
    List<SenmlRecord> dated(List<SenmlRecord> records) {
        ClockReading read = reading;
        if (read == null || read.steady().compareTo(jumpedUntil) >= 0) {
            return records;
        }
        Instant before = read.wall().minus(jump);
        return records.stream()
                .map(
                        record ->
                                isNearer(before, read.wall(), record.at())
                                                && isWithin(STRADDLE, before, record.at())
                                        ? record.shifted(jump)
                                        : record)
                .toList();
    }

    private void grow(Duration step) {
        if (!step.isNegative()) {
            age = age.plus(step);
        }
    }

    private static boolean isWithin(Duration bound, Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(bound) <= 0;
    }

    private static boolean isNearer(Instant one, Instant other, Instant at) {
        return Duration.between(one, at).abs().compareTo(Duration.between(other, at).abs()) < 0;
    }
}
