package dev.vigil.sensor.pulse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.ScriptedGpioInput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PulseTest implements SensorContract {
    private static final long SECOND = 1_000_000_000L;

    private final ScriptedGpioInput line = new ScriptedGpioInput();
    private final AtomicLong kernel = new AtomicLong(100 * SECOND);

    @Override
    public Sensor sensor(Path directory) {
        ScriptedGpioInput fresh = new ScriptedGpioInput();
        AtomicLong nanos = new AtomicLong();
        return new PulseCounter(
                fresh,
                () -> nanos.addAndGet(SECOND),
                0.0002,
                DriverTrial.channels(PulseCounter.MEASURANDS),
                Duration.ofSeconds(1));
    }

    /** A tipping bucket of 0.2 mm that tips four times in a minute: 0.8 mm/min, that is 48 mm/h. */
    @Test
    void aRainGaugeTellsTheIntensity() throws SensorFault {
        Sensor gauge = counter(0.0002);
        assertEquals(List.of(), gauge.sample(START));
        for (int tip = 1; tip <= 4; tip++) {
            line.becomes(true, kernel.get() + 10L * tip * SECOND);
            line.becomes(false, kernel.get() + 10L * tip * SECOND + SECOND / 10);
        }
        kernel.addAndGet(60 * SECOND);
        List<Reading> readings = gauge.sample(START.plusSeconds(60));
        assertEquals(4 / 60.0, readings.get(0).value(), 1e-12);
        assertEquals(0.048 / 3600, readings.get(1).value(), 1e-12);
    }

    /** Two vehicles over an inductive loop in ten seconds, 0.5 s and 1.5 s long. */
    @Test
    void anInductiveLoopTellsVolumeAndOccupancy() throws SensorFault {
        Sensor loop = counter(1);
        loop.sample(START);
        line.becomes(true, kernel.get() + SECOND);
        line.becomes(false, kernel.get() + SECOND + SECOND / 2);
        line.becomes(true, kernel.get() + 5 * SECOND);
        line.becomes(false, kernel.get() + 6 * SECOND + SECOND / 2);
        kernel.addAndGet(10 * SECOND);
        List<Reading> readings = loop.sample(START.plusSeconds(10));
        assertEquals(0.2, readings.get(0).value(), 1e-12);
        assertEquals(0.2, readings.get(3).value(), 1e-12);
    }

    @Test
    void aVehicleThatStandsOnTheLoopIsCountedOnceAndTakesItAllTheTime() throws SensorFault {
        Sensor loop = counter(1);
        loop.sample(START);
        line.becomes(true, kernel.get() + 9 * SECOND);
        kernel.addAndGet(10 * SECOND);
        assertEquals(0.1, loop.sample(START.plusSeconds(10)).get(3).value(), 1e-12);
        kernel.addAndGet(10 * SECOND);
        List<Reading> standing = loop.sample(START.plusSeconds(20));
        assertEquals(0, standing.get(0).value());
        assertEquals(1, standing.get(3).value());
    }

    @Test
    void lostEdgesMakeTheCountUncertain() throws SensorFault {
        Sensor loop = counter(1);
        loop.sample(START);
        line.loses(6, true);
        kernel.addAndGet(10 * SECOND);
        assertTrue(
                loop.sample(START.plusSeconds(10)).stream()
                        .allMatch(r -> r.quality() == Quality.UNCERTAIN));
        kernel.addAndGet(10 * SECOND);
        assertEquals(Quality.GOOD, loop.sample(START.plusSeconds(20)).getFirst().quality());
    }

    @Test
    void aFaultBeginsTheWindowAnew() throws SensorFault {
        Sensor loop = counter(1);
        loop.sample(START);
        line.failsOnce(BusFault.Kind.GONE);
        assertThrows(BusFault.class, () -> loop.sample(START.plusSeconds(1)));
        kernel.addAndGet(10 * SECOND);
        assertEquals(List.of(), loop.sample(START.plusSeconds(2)));
    }

    @Test
    void refusesWhatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> counter(0));
    }

    private Sensor counter(double perPulse) {
        return new PulseCounter(
                line,
                kernel::get,
                perPulse,
                DriverTrial.channels(PulseCounter.MEASURANDS),
                Duration.ofSeconds(10));
    }
}
