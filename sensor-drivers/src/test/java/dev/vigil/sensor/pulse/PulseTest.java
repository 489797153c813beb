package dev.vigil.sensor.pulse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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

/** Simulated: the line and the kernel's clock. */
class PulseTest implements SensorContract {
    private static final long SECOND = 1_000_000_000L;
    private static final int OCCUPANCY = 1;
    private static final int VELOCITY = 2;
    private static final int FLOW = 3;
    private static final int SUM = 4;

    private final ScriptedGpioInput line = new ScriptedGpioInput();
    private final AtomicLong kernel = new AtomicLong(100 * SECOND);

    @Override
    public Sensor sensor(Path directory) {
        ScriptedGpioInput fresh = new ScriptedGpioInput();
        AtomicLong nanos = new AtomicLong();
        return new PulseCounter(
                fresh,
                () -> nanos.addAndGet(SECOND),
                new PulseCounter.Meaning(0.0002, Duration.ofSeconds(1), Duration.ofMinutes(1)),
                DriverTrial.channels(PulseCounter.MEASURANDS));
    }

    /** A tipping bucket of 0.2 mm that tips four times in a minute: 0.8 mm/min, that is 48 mm/h. */
    @Test
    void aRainGaugeTellsTheIntensity() throws SensorFault {
        Sensor gauge = counter(0.0002, Duration.ofSeconds(60), Duration.ofSeconds(60));
        assertEquals(List.of(), gauge.sample(START));
        for (int tip = 1; tip <= 4; tip++) {
            line.becomes(true, kernel.get() + 10L * tip * SECOND);
            line.becomes(false, kernel.get() + 10L * tip * SECOND + SECOND / 10);
        }
        kernel.addAndGet(60 * SECOND);
        List<Reading> readings = gauge.sample(START.plusSeconds(60));
        assertEquals(4 / 60.0, readings.get(0).value(), 1e-12);
        assertEquals(0.048 / 3600, readings.get(VELOCITY).value(), 1e-12);
        assertEquals(0.0008, readings.get(SUM).value(), 1e-12);
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
        assertEquals(0.2, readings.get(OCCUPANCY).value(), 1e-12);
    }

    @Test
    void aVehicleThatStandsOnTheLoopIsCountedOnceAndTakesItAllTheTime() throws SensorFault {
        Sensor loop = counter(1);
        loop.sample(START);
        line.becomes(true, kernel.get() + 9 * SECOND);
        kernel.addAndGet(10 * SECOND);
        assertEquals(0.1, loop.sample(START.plusSeconds(10)).get(OCCUPANCY).value(), 1e-12);
        kernel.addAndGet(10 * SECOND);
        List<Reading> standing = loop.sample(START.plusSeconds(20));
        assertEquals(0, standing.get(0).value());
        assertEquals(1, standing.get(OCCUPANCY).value());
    }

    /** A paddle wheel of 2.25 ml a pulse, 40 Hz: 5.4 l/min. */
    @Test
    void aFlowMeterTellsCubicMetresASecond() throws SensorFault {
        Sensor meter = counter(2.25e-6, Duration.ofSeconds(10), Duration.ofSeconds(10));
        meter.sample(START);
        for (int pulse = 0; pulse < 400; pulse++) {
            line.becomes(true, kernel.get() + pulse * SECOND / 40);
            line.becomes(false, kernel.get() + pulse * SECOND / 40 + SECOND / 80);
        }
        kernel.addAndGet(10 * SECOND);
        List<Reading> readings = meter.sample(START.plusSeconds(10));
        assertEquals(0.0054 / 60, readings.get(FLOW).value(), 1e-15);
    }

    @Test
    void manyLooksMakeOneWindow() throws SensorFault {
        Sensor loop = counter(1);
        assertEquals(Duration.ofMillis(200), loop.interval());
        loop.sample(START);
        for (int look = 1; look < 50; look++) {
            line.becomes(look % 2 == 1, kernel.get() + SECOND / 10);
            kernel.addAndGet(SECOND / 5);
            assertEquals(List.of(), loop.sample(START.plusMillis(200L * look)));
        }
        kernel.addAndGet(SECOND / 5);
        List<Reading> readings = loop.sample(START.plusSeconds(10));
        assertEquals(2.5, readings.getFirst().value(), 1e-12);
        // Looks 1, 3 .. 49 end after 0.1 s, and 0.1 s of the next: 24 times 0.2 s; the last goes
        // on.
        assertEquals((24 * 0.2 + 0.3) / 10, readings.get(OCCUPANCY).value(), 1e-12);
    }

    @Test
    void aSumReachesBackForItsTimeAndIsUncertainUntilItDoes() throws SensorFault {
        Sensor gauge = counter(0.0002, Duration.ofSeconds(10), Duration.ofSeconds(30));
        gauge.sample(START);
        double[] millimetres = new double[5];
        Quality[] qualities = new Quality[5];
        for (int i = 0; i < 5; i++) {
            line.becomes(true, kernel.get() + SECOND);
            line.becomes(false, kernel.get() + 2 * SECOND);
            kernel.addAndGet(10 * SECOND);
            Reading sum = gauge.sample(START.plusSeconds(10L * (i + 1))).get(SUM);
            millimetres[i] = sum.value() * 1000;
            qualities[i] = sum.quality();
        }
        assertArrayEquals(new double[] {0.2, 0.4, 0.6, 0.6, 0.6}, millimetres, 1e-9);
        assertArrayEquals(
                new Quality[] {
                    Quality.UNCERTAIN, Quality.UNCERTAIN, Quality.GOOD, Quality.GOOD, Quality.GOOD
                },
                qualities);
    }

    @Test
    void lostEdgesAreAFaultAndTheWindowIsUncertain() throws SensorFault {
        Sensor loop = counter(1);
        loop.sample(START);
        line.loses(6, true);
        kernel.addAndGet(4 * SECOND);
        SensorFault fault =
                assertThrows(SensorFault.class, () -> loop.sample(START.plusSeconds(4)));
        assertEquals(
                "t/rate: the kernel had no room for 6 edges, 6 since the start; counted on from what the line is now",
                fault.getMessage());
        kernel.addAndGet(6 * SECOND);
        List<Reading> readings = loop.sample(START.plusSeconds(10));
        assertTrue(readings.stream().allMatch(r -> r.quality() == Quality.UNCERTAIN));
        assertEquals(0.6, readings.get(OCCUPANCY).value(), 1e-12, "active since the gap");
        kernel.addAndGet(10 * SECOND);
        assertEquals(Quality.GOOD, loop.sample(START.plusSeconds(20)).getFirst().quality());
    }

    @Test
    void aPulseThatTheKernelStillHadWhenTheLineWasAskedAnewIsCounted() throws SensorFault {
        Sensor loop = counter(1);
        loop.sample(START);
        line.loses(2, true);
        kernel.addAndGet(4 * SECOND);
        assertThrows(SensorFault.class, () -> loop.sample(START.plusSeconds(4)));
        line.becomes(true, kernel.get());
        line.becomes(false, kernel.get() + SECOND);
        kernel.addAndGet(6 * SECOND);
        List<Reading> readings = loop.sample(START.plusSeconds(10));
        assertEquals(0.1, readings.getFirst().value(), 1e-12);
    }

    @Test
    void aFaultBeginsTheWindowAnewAndTheSumKnowsOfIt() throws SensorFault {
        Sensor gauge = counter(0.0002, Duration.ofSeconds(10), Duration.ofSeconds(30));
        gauge.sample(START);
        line.becomes(true, kernel.get() + SECOND);
        line.becomes(false, kernel.get() + SECOND);
        kernel.addAndGet(5 * SECOND);
        gauge.sample(START.plusSeconds(5));
        line.failsOnce(BusFault.Kind.GONE);
        assertThrows(BusFault.class, () -> gauge.sample(START.plusSeconds(6)));
        assertEquals(List.of(), gauge.sample(START.plusSeconds(7)));
        kernel.addAndGet(10 * SECOND);
        List<Reading> readings = gauge.sample(START.plusSeconds(17));
        assertEquals(0, readings.getFirst().value());
        assertEquals(0.0002, readings.get(SUM).value(), 1e-12, "what was counted before stays");
        assertEquals(Quality.UNCERTAIN, readings.get(SUM).quality());
    }

    @Test
    void aLineThatCanNotBeHadIsTriedOnceASecond() throws SensorFault {
        Sensor loop = counter(1);
        line.failsOnce(BusFault.Kind.REFUSED);
        assertThrows(BusFault.class, () -> loop.sample(START));
        line.failsOnce(BusFault.Kind.REFUSED);
        kernel.addAndGet(SECOND - 1);
        assertEquals(List.of(), loop.sample(START.plusMillis(999)), "it was not asked");
        kernel.addAndGet(1);
        assertThrows(BusFault.class, () -> loop.sample(START.plusSeconds(1)));
    }

    @Test
    void aLineThatIsActiveFromTheStartIsSeenWithoutAnEdge() throws SensorFault {
        line.loses(0, true);
        Sensor loop = counter(1);
        loop.sample(START);
        kernel.addAndGet(10 * SECOND);
        assertEquals(1, loop.sample(START.plusSeconds(10)).get(OCCUPANCY).value());
    }

    @Test
    void refusesWhatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> counter(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> counter(1, Duration.ofSeconds(10), Duration.ofSeconds(9)));
        assertThrows(
                IllegalArgumentException.class,
                () -> counter(1, Duration.ofSeconds(1), Duration.ofDays(1)));
    }

    private Sensor counter(double perPulse) {
        return counter(perPulse, Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    private Sensor counter(double perPulse, Duration every, Duration sumOver) {
        return new PulseCounter(
                line,
                kernel::get,
                new PulseCounter.Meaning(perPulse, every, sumOver),
                DriverTrial.channels(PulseCounter.MEASURANDS));
    }
}
