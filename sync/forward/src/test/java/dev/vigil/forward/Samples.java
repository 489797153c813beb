package dev.vigil.forward;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Records to test with. */
public final class Samples {
    public static final Instant START = Instant.parse("2026-11-23T07:00:00Z");

    private Samples() {}

    /** {@code count} readings of 20 sensors, in the mixture a fire station sends, 1 ms apart. */
    public static List<SenmlRecord> readings(RandomGenerator random, Instant from, int count) {
        var records = new ArrayList<SenmlRecord>(count);
        for (int i = 0; i < count; i++) {
            int sensor = random.nextInt(20);
            Instant at = from.plusMillis(i);
            records.add(
                    switch (sensor % 4) {
                        case 0 ->
                                number(
                                        sensor,
                                        "temperature",
                                        "Cel",
                                        round(21 + random.nextGaussian(), 10),
                                        at);
                        case 1 ->
                                number(
                                        sensor,
                                        "humidity",
                                        "%RH",
                                        round(45 + 3 * random.nextGaussian(), 10),
                                        at);
                        case 2 ->
                                number(
                                        sensor,
                                        "co",
                                        "ppm",
                                        Math.abs(round(2 + random.nextGaussian(), 1)),
                                        at);
                        default ->
                                number(
                                        sensor,
                                        "obscuration",
                                        "%/m",
                                        round(0.2 + 0.05 * random.nextGaussian(), 1000),
                                        at);
                    });
        }
        return records;
    }

    private static double round(double value, double steps) {
        return Math.rint(value * steps) / steps;
    }

    private static SenmlRecord number(
            int sensor, String quantity, String unit, double value, Instant at) {
        return SenmlRecord.number("room-" + sensor + "/" + quantity, unit, value, null, at);
    }
}
