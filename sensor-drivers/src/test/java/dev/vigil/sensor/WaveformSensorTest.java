package dev.vigil.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WaveformSensorTest implements SensorContract {
    private static final SensorChannel HALL =
            new SensorChannel(new SensorId("hall/temperature"), Quantity.TEMPERATURE, "hall");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Override
    public Sensor sensor(Path directory) {
        return new WaveformSensor(
                HALL, new Wave(Wave.Shape.SINE, 20, 3, MINUTE, 0.2, 1), Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "SINE, 0, 20",
        "SINE, 15, 23",
        "SINE, 45, 17",
        "SQUARE, 0, 23",
        "SQUARE, 29.999, 23",
        "SQUARE, 30, 17",
        "RAMP, 0, 17",
        "RAMP, 30, 20",
        "RAMP, 59.999, 22.9999",
        "NOISE, 12, 20"
    })
    void hasTheValueOfItsShape(Wave.Shape shape, double second, double expected) {
        Wave wave = new Wave(shape, 20, 3, MINUTE, 0, 1);
        Instant minuteBegin = Instant.parse("2026-03-01T12:00:00Z");
        double value = wave.at(minuteBegin.plusMillis(Math.round(second * 1000)));
        assertEquals(expected, value, 1e-9);
    }

    @Test
    void hasNoiseOfTheGivenDeviation() {
        Wave wave = new Wave(Wave.Shape.NOISE, 5, 0, MINUTE, 2, 42);
        int count = 20_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double deviation = wave.at(START.plusMillis(i)) - 5;
            sum += deviation;
            squares += deviation * deviation;
        }
        double standardError = 2 / Math.sqrt(count);
        assertEquals(0, sum / count, 4 * standardError);
        assertEquals(2, Math.sqrt(squares / count), 4 * standardError);
    }

    @Test
    void hasOtherNoiseForAnotherSeed() {
        assertNotEquals(
                new Wave(Wave.Shape.NOISE, 0, 0, MINUTE, 1, 1).at(START),
                new Wave(Wave.Shape.NOISE, 0, 0, MINUTE, 1, 2).at(START));
    }

    @Test
    void worksBefore1970() {
        double value =
                new Wave(Wave.Shape.RAMP, 0, 1, MINUTE, 0, 0)
                        .at(Instant.parse("1969-12-31T23:59:45Z"));
        assertEquals(0.5, value, 1e-9);
    }

    @Test
    void refusesWhatCannotBe() {
        for (Runnable wrong :
                new Runnable[] {
                    () -> new Wave(Wave.Shape.SINE, Double.NaN, 1, MINUTE, 0, 0),
                    () -> new Wave(Wave.Shape.SINE, 0, 1, MINUTE, -1, 0),
                    () -> new Wave(Wave.Shape.SINE, 0, 1, Duration.ofNanos(5), 0, 0),
                    () ->
                            new WaveformSensor(
                                    HALL,
                                    new Wave(Wave.Shape.SINE, 0, 1, MINUTE, 0, 0),
                                    Duration.ZERO)
                }) {
            var thrown = assertThrows(IllegalArgumentException.class, wrong::run);
            assertTrue(
                    String.valueOf(thrown.getMessage())
                            .matches(".*(NaN|-1.0|PT0.*S).*must.*|.*-1.0.*0 or more"),
                    thrown::getMessage);
        }
    }
}
