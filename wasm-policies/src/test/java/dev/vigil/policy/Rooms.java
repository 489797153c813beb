package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Channels, readings and batches for tests. */
final class Rooms {
    static final Instant START = Instant.parse("2026-11-23T08:00:00Z");

    private Rooms() {}

    static SensorChannel channel(String zone, Quantity quantity) {
        return new SensorChannel(new SensorId(zone + "/" + quantity.senmlName()), quantity, zone);
    }

    static Reading reading(SensorChannel channel, double seconds, double value) {
        return reading(channel, seconds, value, Quality.GOOD);
    }

    static Reading reading(SensorChannel channel, double seconds, double value, Quality quality) {
        return new Reading(channel, value, quality, at(seconds));
    }

    static Instant at(double seconds) {
        return START.plusMillis(Math.round(seconds * 1000));
    }

    static Batch batch(List<Reading> readings) {
        Instant now = readings.isEmpty() ? START : readings.getLast().at();
        return new Batch(now, 0, readings);
    }

    static PolicySpec spec(String module, SensorChannel... channels) {
        return new PolicySpec(module, module, List.of(channels), Map.of());
    }

    /** The hazards of all verdicts that are Hazardous. */
    static List<Hazard> hazards(List<Judgement> judgements) {
        List<Hazard> hazards = new ArrayList<>();
        for (Judgement judgement : judgements) {
            if (judgement.verdict() instanceof Verdict.Hazardous found) {
                hazards.addAll(found.hazards());
            }
        }
        return hazards;
    }
}
