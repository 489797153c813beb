package dev.vigil.sensor.iio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.KernelDevice;
import dev.vigil.sensor.bus.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Numbers in the units of Documentation/ABI/testing/sysfs-bus-iio and sysfs-class-hwmon.
 *
 * <p>Simulated: the device's files, by a script.
 */
class KernelChannelTest implements SensorContract {
    private static final Script TEMPERATURE =
            Script.empty()
                    .attribute("in_temp_scale", "250.5")
                    .attribute("in_temp_offset", "-20")
                    .attribute("in_temp_raw", "120\n");

    /** The files of a device; reading any is not scripted. */
    private record Files(Map<String, String> texts) implements KernelDevice {
        @Override
        public String name() {
            return "files";
        }

        @Override
        public List<String> attributes() {
            return texts.keySet().stream().sorted().toList();
        }

        @Override
        public String read(String attribute) {
            return texts.getOrDefault(attribute, "");
        }
    }

    @Override
    public Sensor sensor(Path directory) {
        return driver(new Files(Map.of("in_temp_input", "21500")), "in_temp_input");
    }

    @Test
    void isOffsetAndScaledAsTheKernelSays() throws SensorFault {
        assertEquals(25.05, trial(TEMPERATURE).readings(1).getFirst().value(), 1e-9);
    }

    @Test
    void readsScaleAndOffsetOnceAndAgainAfterAFault() throws SensorFault {
        Script whole = TEMPERATURE.then(Script.empty().attribute("in_temp_raw", "121"));
        DriverTrial.faultAtEachTransaction(whole, 2, KernelChannelTest::trial);
    }

    @ParameterizedTest
    @CsvSource({
        "in_temp_input, 21500, TEMPERATURE, 21.5",
        "in_humidityrelative_input, 45250, HUMIDITY, 45.25",
        "in_pressure_input, 101.325, PRESSURE, 101325",
        "in_voltage3_raw, 512, VOLTAGE, 0.512",
        "in_current0_raw, 4000, CURRENT, 4",
        "in_accel_x_raw, 9.81, ACCELERATION, 9.81",
        "in_concentration_co2_raw, 0.06, CARBON_DIOXIDE, 0.0006",
        "temp1_input, 48000, TEMPERATURE, 48",
        "in0_input, 5021, VOLTAGE, 5.021",
        "curr1_input, 250, CURRENT, 0.25",
        "humidity1_input, 45250, HUMIDITY, 45.25"
    })
    void knowsTheKernelsUnits(String file, String text, Quantity quantity, double value)
            throws SensorFault {
        Files device = new Files(Map.of(file, text));
        assertEquals(
                List.of(new KernelChannel.Offer(file, quantity)), KernelChannel.offers(device));
        Sensor sensor =
                new KernelChannel(
                        device, file, DriverTrial.channel("a", quantity), Duration.ofSeconds(1));
        assertEquals(value, sensor.sample(START).getFirst().value(), 1e-9);
    }

    @Test
    void aScaleMayBeSharedByAllChannelsOfAType() throws SensorFault {
        Files device =
                new Files(
                        Map.of(
                                "in_accel_x_raw", "100",
                                "in_accel_scale", "0.5",
                                "in_illuminance_raw", "7",
                                "name", "dummy"));
        Sensor sensor =
                new KernelChannel(
                        device,
                        "in_accel_x_raw",
                        DriverTrial.channel("a", Quantity.ACCELERATION),
                        Duration.ofSeconds(1));
        assertEquals(50, sensor.sample(START).getFirst().value());
        assertEquals(1, KernelChannel.offers(device).size(), "what has no quantity is not offered");
    }

    @ParameterizedTest
    @CsvSource({
        "in_temp_raw, warm, is no number",
        "in_temp_raw, NaN, is NaN",
        "in_voltage0_raw, 1, is a voltage",
        "in_illuminance_raw, 1, is not there or of no known kind",
        "in_temp0_raw, 1, is not there"
    })
    void whatCanNotBeReadIsAFault(String file, String text, String why) {
        Files device = new Files(Map.of(file.replace("temp0", "temp1"), text));
        try {
            driver(device, file).sample(START);
            throw new AssertionError("believed");
        } catch (SensorFault fault) {
            assertTrue(String.valueOf(fault.getMessage()).contains(why), fault::getMessage);
        }
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.kernel(script, device -> driver(device, "in_temp_raw"));
    }

    private static Sensor driver(KernelDevice device, String file) {
        return new KernelChannel(
                device,
                file,
                DriverTrial.channel("a", Quantity.TEMPERATURE),
                Duration.ofSeconds(1));
    }
}
