package dev.vigil.node.ingest;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one payload turned out to be: its readings, and the first record that can't be one. Owned by
 * the thread that reads payloads, which uses one again and again.
 */
final class Pack {
    /** A record that is not a reading. */
    record Problem(QuarantineReason kind, String reason) {}

    private final ArrayList<Reading> readings = new ArrayList<>();
    private Instant arrival = Instant.EPOCH;
    private @Nullable Problem problem;
    private int problems;
    private boolean retained;
    private @Nullable Problem doubtfulTime;

    /** Forgets the payload before. */
    void begin(Message message) {
        readings.clear();
        arrival = message.receivedAt();
        retained = message.retained();
        problem = null;
        problems = 0;
        doubtfulTime = null;
    }

    Instant arrival() {
        return arrival;
    }

    /**
     * Judges value and time, before anything else sees them.
     *
     * @param value in the channel's own unit
     * @param at null when the sender gave a time that is none
     */
    void add(SensorChannel channel, double value, @Nullable Instant at) {
        if (!Double.isFinite(value)) {
            refuse(
                    QuarantineReason.NOT_FINITE,
                    "value of '%s' is %s; a reading is a finite number"
                            .formatted(channel.id(), value));
            return;
        }
        if (at != null && (at.equals(arrival) || SampleTime.isPlausible(at, arrival))) {
            // When a retained value was measured only its own time can tell.
            Quality quality = retained && at.equals(arrival) ? Quality.UNCERTAIN : Quality.GOOD;
            readings.add(new Reading(channel, value, quality, at));
            return;
        }
        if (doubtfulTime == null) {
            doubtfulTime =
                    new Problem(
                            QuarantineReason.IMPLAUSIBLE_TIME,
                            "sample time of '%s' is %s, allowed are %s days before to %s minutes after its arrival; kept with the time of arrival, quality UNCERTAIN"
                                    .formatted(
                                            channel.id(),
                                            at == null ? "not a time" : at,
                                            SampleTime.OLDEST.toDays(),
                                            SampleTime.NEWEST.toMinutes()));
        }
        readings.add(new Reading(channel, value, Quality.UNCERTAIN, arrival));
    }

    /** One record is not a reading; the others stay. */
    void refuse(QuarantineReason kind, String reason) {
        problems++;
        if (problem == null) {
            problem = new Problem(kind, reason);
        }
    }

    List<Reading> readings() {
        return List.copyOf(readings);
    }

    /** The first refused record, with the number of others; null when all are readings. */
    @Nullable Problem problem() {
        if (problem == null || problems == 1) {
            return problem;
        }
        return new Problem(
                problem.kind(),
                problem.reason() + " (and %d more records)".formatted(problems - 1));
    }

    /** The first reading whose time was replaced; null when none was. */
    @Nullable Problem doubtfulTime() {
        return doubtfulTime;
    }
}
