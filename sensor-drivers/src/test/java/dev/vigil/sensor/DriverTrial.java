package dev.vigil.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.KernelDevice;
import dev.vigil.sensor.bus.SampledDevice;
import dev.vigil.sensor.bus.Script;
import dev.vigil.sensor.bus.ScriptedI2cBus;
import dev.vigil.sensor.bus.ScriptedKernelDevice;
import dev.vigil.sensor.bus.ScriptedSampledDevice;
import dev.vigil.sensor.bus.ScriptedSerialPort;
import dev.vigil.sensor.bus.ScriptedSpiBus;
import dev.vigil.sensor.bus.SerialPort;
import dev.vigil.sensor.bus.SpiBus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A driver on a scripted bus. Owned by the test's thread.
 *
 * @param done fails when the driver did less than the script
 */
public record DriverTrial(Sensor sensor, Runnable done) {
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    public static DriverTrial i2c(Script script, Function<I2cBus, Sensor> driver) {
        ScriptedI2cBus bus = new ScriptedI2cBus(script);
        return new DriverTrial(driver.apply(bus), bus::done);
    }

    public static DriverTrial spi(Script script, Function<SpiBus, Sensor> driver) {
        ScriptedSpiBus bus = new ScriptedSpiBus(script);
        return new DriverTrial(driver.apply(bus), bus::done);
    }

    public static DriverTrial serial(Script script, Function<SerialPort, Sensor> driver) {
        ScriptedSerialPort port = new ScriptedSerialPort(script);
        return new DriverTrial(driver.apply(port), port::done);
    }

    public static DriverTrial kernel(Script script, Function<KernelDevice, Sensor> driver) {
        ScriptedKernelDevice device = new ScriptedKernelDevice("trial-device", script);
        return new DriverTrial(driver.apply(device), device::done);
    }

    /**
     * @param attributes the files of the device
     */
    public static DriverTrial sampled(
            Script script, List<String> attributes, Function<SampledDevice, Sensor> driver) {
        ScriptedSampledDevice device = new ScriptedSampledDevice(script, attributes);
        return new DriverTrial(driver.apply(device), device::done);
    }

    /** A channel for each measurand, named {@code t/<measurand>}. */
    public static Channels channels(List<Measurand> measurands) {
        Map<String, SensorChannel> all = new LinkedHashMap<>();
        for (Measurand measurand : measurands) {
            all.put(measurand.name(), channel(measurand.name(), measurand.quantity()));
        }
        return Channels.of(measurands, all);
    }

    public static SensorChannel channel(String name, Quantity quantity) {
        return new SensorChannel(new SensorId("t/" + name), quantity, "t");
    }

    /** What so many samples yield, one interval after the other; the script must be over then. */
    public List<Reading> readings(int samples) throws SensorFault {
        List<Reading> readings = new ArrayList<>(sample(0, samples));
        done.run();
        return readings;
    }

    /** The fault of the last of so many samples, none of which yields a reading. */
    public SensorFault fault(int samples) throws SensorFault {
        assertEquals(List.of(), sample(0, samples - 1));
        SensorFault fault = assertThrows(SensorFault.class, () -> sensor.sample(at(samples - 1)));
        done.run();
        return fault;
    }

    /**
     * A fault of each kind at each transaction is the fault of that sample, and afterwards the
     * driver begins anew and measures the same.
     *
     * @param whole the script of {@code samples} samples
     */
    public static void faultAtEachTransaction(
            Script whole, int samples, Function<Script, DriverTrial> trial) throws SensorFault {
        List<Reading> good = trial.apply(whole).readings(samples);
        assertTrue(!good.isEmpty(), "the script yields no reading");
        for (int transaction = 0; transaction < whole.size(); transaction++) {
            for (BusFault.Kind kind : BusFault.Kind.values()) {
                DriverTrial broken = trial.apply(whole.faultAt(transaction, kind).then(whole));
                int faultAt = broken.sampleUntilFault(samples, kind);
                List<Reading> again = broken.sample(faultAt + 1, samples);
                broken.done.run();
                assertEquals(values(good), values(again), "after a fault at " + transaction);
            }
        }
    }

    private int sampleUntilFault(int samples, BusFault.Kind kind) throws SensorFault {
        for (int i = 0; i < samples; i++) {
            try {
                sensor.sample(at(i));
            } catch (BusFault fault) {
                assertEquals(kind, fault.kind());
                return i;
            }
        }
        throw new AssertionError("%s was swallowed".formatted(kind));
    }

    private List<Reading> sample(int first, int samples) throws SensorFault {
        List<Reading> readings = new ArrayList<>();
        for (int i = first; i < first + samples; i++) {
            readings.addAll(sensor.sample(at(i)));
        }
        return readings;
    }

    private Instant at(int sample) {
        return BEGIN.plus(sensor.interval().multipliedBy(sample));
    }

    private static List<String> values(List<Reading> readings) {
        return readings.stream()
                .map(r -> r.channel().id() + " " + r.value() + " " + r.quality())
                .toList();
    }
}
