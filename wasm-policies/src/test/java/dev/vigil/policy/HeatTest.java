package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeatTest {
    private static final SensorChannel KITCHEN = Rooms.channel("kitchen", Quantity.TEMPERATURE);

    /** EN 54-5:2000, table 4, class A1: K/min, earliest and latest response, s. */
    @ParameterizedTest
    @CsvSource({
        "1, 1740, 2420",
        "3, 433, 820",
        "5, 249, 500",
        "10, 60, 260",
        "20, 30, 140",
        "30, 20, 100"
    })
    void answersInsideTheWindowOfEn54Part5ForEveryRampAndSensorLag(
            double rate, double earliest, double latest) {
        for (double lag : new double[] {5, 10, 20}) {
            double alarm = alarmOnRamp(rate, lag, 25);
            assertTrue(
                    alarm >= earliest && alarm <= latest,
                    "%s K/min, lag %s s: alarm after %s s".formatted(rate, lag, alarm));
        }
    }

    /** Seconds from the start of the ramp; the sensor follows the air with this time constant. */
    private static double alarmOnRamp(double kelvinPerMinute, double lagSeconds, double start) {
        try (PolicySet set = PolicySet.load(List.of(Rooms.spec("heat", KITCHEN)))) {
            double sensed = start;
            for (int second = -120; second < 3600; second++) {
                double air = start + Math.max(0, second) * kelvinPerMinute / 60;
                sensed = lagSeconds == 0 ? air : sensed + (air - sensed) / lagSeconds;
                var found =
                        Rooms.hazards(
                                set.evaluate(
                                        Rooms.batch(
                                                List.of(Rooms.reading(KITCHEN, second, sensed)))));
                if (found.stream().anyMatch(h -> h.severity() >= 500)) {
                    return second;
                }
            }
            return Double.POSITIVE_INFINITY;
        }
    }
}
