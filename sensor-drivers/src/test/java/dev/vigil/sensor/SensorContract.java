package dev.vigil.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Sensor} promises, tested on every driver. */
public interface SensorContract {
    Instant START = Instant.parse("2026-03-01T12:00:00Z");
    int SAMPLES = 500;

    /** A chip is set up, and has measured for the first time, within so many samples. */
    int START_SAMPLES_MAX = 10;

    /** A new sensor that yields at least two readings in {@link #SAMPLES} intervals. */
    Sensor sensor(Path directory);

    @Test
    default void hasChannelsAndAnIntervalFromTheStart(@TempDir Path directory) {
        try (Sensor sensor = sensor(directory)) {
            assertFalse(sensor.channels().isEmpty());
            assertEquals(sensor.channels(), sensor.channels());
            assertTrue(sensor.interval().isPositive(), () -> "interval " + sensor.interval());
        }
    }

    @Test
    default void yieldsOnlyItsChannelsInOrderOfTimeAndNeverFromTheFuture(@TempDir Path directory)
            throws SensorFault {
        try (Sensor sensor = sensor(directory)) {
            Set<SensorChannel> channels = new HashSet<>(sensor.channels());
            Instant last = Instant.MIN;
            int count = 0;
            Instant now = START;
            for (int i = 0; i < SAMPLES; i++) {
                for (Reading reading : sensor.sample(now)) {
                    assertTrue(channels.contains(reading.channel()), reading::toString);
                    assertFalse(reading.at().isBefore(last), reading::toString);
                    assertFalse(reading.at().isAfter(now), reading::toString);
                    last = reading.at();
                    count++;
                }
                now = now.plus(sensor.interval());
            }
            assertTrue(count >= 2, "only " + count + " readings");
        }
    }

    @Test
    default void tellsTheSameWhenAskedAtTheSameTimes(@TempDir Path directory) throws SensorFault {
        assertEquals(run(directory, 7), run(directory, 7));
    }

    @Test
    default void knowsNoClockButTheGivenOne(@TempDir Path directory) throws SensorFault {
        try (Sensor sensor = sensor(directory)) {
            Instant longAgo = Instant.parse("1971-01-01T00:00:00Z");
            Instant now = longAgo;
            List<Reading> readings = new ArrayList<>(sensor.sample(now));
            for (int i = 0; i < START_SAMPLES_MAX && readings.isEmpty(); i++) {
                now = now.plus(sensor.interval());
                readings.addAll(sensor.sample(now));
            }
            assertFalse(readings.isEmpty());
            for (Reading reading : readings) {
                assertFalse(reading.at().isBefore(longAgo), reading::toString);
                assertFalse(reading.at().isAfter(now), reading::toString);
            }
        }
    }

    /** Asked at irregular times, as a busy bus does. */
    private List<Reading> run(Path directory, long seed) throws SensorFault {
        RandomGenerator random =
                RandomGeneratorFactory.<RandomGenerator.SplittableGenerator>of("L64X128MixRandom")
                        .create(seed);
        List<Reading> readings = new ArrayList<>();
        try (Sensor sensor = sensor(directory)) {
            Instant now = START;
            for (int i = 0; i < 100; i++) {
                readings.addAll(sensor.sample(now));
                now = now.plusMillis(random.nextLong(1, 3 * sensor.interval().toMillis() + 2));
            }
        }
        return readings;
    }
}
