package dev.vigil.sensor.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MotionTest {
    private static final double SCALE = Motion.G / 1000;

    @ParameterizedTest
    @CsvSource({
        "0, 0, 1000, 0, 0",
        "1000, 0, 0, 90, 0",
        "0, -1000, 0, 0, -90",
        "500, 0, 866, 30, 0",
        "0, 707, 707, 0, 45",
        "-174, 0, 985, -10, 0"
    })
    void tiltIsTheAngleToTheHorizontal(
            short x, short y, short z, double degreesX, double degreesY) {
        Motion motion = Motion.of(new double[] {x, y, z}, 1, SCALE);
        assertEquals(degreesX, Math.toDegrees(motion.tiltX()), 0.03);
        assertEquals(degreesY, Math.toDegrees(motion.tiltY()), 0.03);
    }

    @Test
    void vibrationIsWhatDeviatesFromTheMean() {
        double[] samples = {0, 0, 900, 0, 0, 1100, 0, 0, 900, 0, 0, 1100};
        Motion motion = Motion.of(samples, 4, SCALE);
        assertEquals(Motion.G, motion.z(), 1e-9);
        assertEquals(0.1 * Motion.G, motion.vibration(), 1e-9);
        assertEquals(0.1 * Motion.G, motion.peak(), 1e-9);
    }

    @Test
    void restHasNoVibration() {
        double[] samples = {10, 20, 990, 10, 20, 990, 10, 20, 990};
        assertEquals(0, Motion.of(samples, 3, SCALE).vibration(), 1e-12);
    }

    @Test
    void inFreeFallThereIsNoTilt() {
        double[] values = Motion.of(new double[] {100, 0, 100}, 1, SCALE).values();
        assertTrue(Double.isNaN(values[3]));
        assertTrue(Double.isNaN(values[4]));
        assertEquals(Motion.MEASURANDS.size(), values.length);
    }

    @Test
    void refusesAnEmptyWindow() {
        assertThrows(IllegalArgumentException.class, () -> Motion.of(new double[3], 0, SCALE));
    }
}
