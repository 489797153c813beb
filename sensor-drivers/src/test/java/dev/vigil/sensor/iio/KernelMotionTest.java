package dev.vigil.sensor.iio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.SampledDevice;
import dev.vigil.sensor.bus.Script;
import dev.vigil.sensor.motion.Motion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KernelMotionTest {
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** The ADXL345 of the kernel's adxl345_i2c, whose scale is in m/s2. */
    private static final List<String> FILES =
            List.of("in_accel_x_raw", "in_accel_y_raw", "in_accel_z_raw", "in_accel_scale");

    private static final String THREE_AXES =
            """
            in_accel_x 0 le:s13/16>>0
            in_accel_y 1 le:s13/16>>0
            in_accel_z 2 le:s13/16>>0
            in_timestamp 3 le:s64/64>>0
            """;

    private static final Script STARTED =
            Script.empty()
                    .start(THREE_AXES)
                    .attribute("in_accel_scale", "0.038300")
                    .attribute("in_accel_scale", "0.038300")
                    .attribute("in_accel_scale", "0.038300");

    /** Upright and shaken by two steps along z; the times are of the first sample after BEGIN. */
    private static final String SHAKEN =
            scan("00 00", "00 00", "FE 00") + " " + scan("00 00", "00 00", "02 01");

    private static final Script SAMPLED = STARTED.scans(SHAKEN);

    private static String scan(String x, String y, String z) {
        return "%s %s %s 00 00 00 A7 8F DD D9 B5 98 18".formatted(x, y, z);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.sampled(
                script,
                FILES,
                device ->
                        new KernelMotion(
                                device, DriverTrial.channels(KernelMotion.MEASURANDS), EVERY));
    }

    @Test
    void meanTiltAndVibrationOfAllThatCameAtTheKernelsTime() throws SensorFault {
        List<Reading> readings = trial(SAMPLED).readings(2);
        assertEquals(0, readings.get(0).value(), 1e-9);
        assertEquals(256 * 0.0383, readings.get(2).value(), 1e-9);
        assertEquals(0, readings.get(3).value(), 1e-9);
        assertEquals(2 * 0.0383, readings.get(5).value(), 1e-9);
        assertEquals(2 * 0.0383, readings.get(6).value(), 1e-9);
        for (Reading reading : readings) {
            assertEquals(Quality.GOOD, reading.quality());
            assertEquals(Instant.parse("2026-03-01T12:00:00.700Z"), reading.at());
        }
    }

    @Test
    void aFaultAtEachTransactionIsThatSamplesAndItIsSetUpAnew() throws SensorFault {
        DriverTrial.faultAtEachTransaction(SAMPLED, 2, KernelMotionTest::trial);
    }

    @Test
    void nothingNewIsNoFaultUntilItLasts() throws SensorFault {
        Script silent = STARTED;
        for (int second = 1; second <= KernelMotion.SILENT_MAX.toSeconds() + 1; second++) {
            silent = silent.scans("");
        }
        SensorFault fault = trial(silent).fault((int) KernelMotion.SILENT_MAX.toSeconds() + 2);
        assertTrue(
                String.valueOf(fault.getMessage()).contains("its trigger does not run"),
                fault.getMessage());
    }

    @Test
    void moreThanTheKernelKeepsIsAFault() throws SensorFault {
        String full =
                java.util.stream.IntStream.range(0, SampledDevice.CAPACITY)
                        .mapToObj(_ -> scan("00 00", "00 00", "00 01"))
                        .collect(Collectors.joining(" "));
        SensorFault fault = trial(STARTED.scans(full)).fault(2);
        assertTrue(
                String.valueOf(fault.getMessage()).contains("some are lost"), fault.getMessage());
    }

    @Test
    void ofOneAxisThereIsItsMeanAndItsVibrationAndNothingElse() throws SensorFault {
        Script one =
                Script.empty()
                        .start("in_accel_x 3 le:s16/16>>0\nin_timestamp 4 le:s64/64>>0\n")
                        .scans("58 01 00 00 00 00 00 00 00 A7 8F DD D9 B5 98 18");
        List<Reading> readings =
                DriverTrial.sampled(
                                one,
                                List.of("in_accel_x_raw"),
                                device ->
                                        new KernelMotion(
                                                device,
                                                DriverTrial.channels(Motion.MEASURANDS),
                                                EVERY))
                        .readings(2);
        assertEquals(344, readings.get(0).value());
        assertEquals(
                List.of(
                        Quality.GOOD,
                        Quality.BAD,
                        Quality.BAD,
                        Quality.BAD,
                        Quality.BAD,
                        Quality.GOOD,
                        Quality.GOOD),
                readings.stream().map(Reading::quality).toList());
    }
}
