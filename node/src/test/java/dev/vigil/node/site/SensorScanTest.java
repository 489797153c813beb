package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.KernelDevice;
import dev.vigil.sensor.bus.linux.LinuxGpioListing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SensorScanTest {
    /** What each address answers; the others do not. */
    private record Chips(Map<Integer, byte[]> answers) implements I2cBus {
        @Override
        public String name() {
            return "/dev/i2c-1";
        }

        @Override
        public byte[] transfer(int address, byte[] write, int readLength) throws BusFault {
            byte[] answer = answers.get(address);
            if (answer == null) {
                throw new BusFault(BusFault.Kind.NO_ANSWER, "0x%02x: nothing".formatted(address));
            }
            return Arrays.copyOf(answer, readLength);
        }

        @Override
        public void close() {}
    }

    private record Files(String name, List<String> places, List<String> attributes)
            implements KernelDevice {
        Files(String name, List<String> attributes) {
            this(name, List.of("hwmon0"), attributes);
        }

        @Override
        public String read(String attribute) {
            return "0";
        }
    }

    @Test
    void whatIsRecognisedIsAStanzaThatANodeStartsWith() {
        SensorScan scan = new SensorScan("scanned");
        scan.i2c(
                new Chips(
                        Map.of(
                                0x76, new byte[] {0x60},
                                0x44, new byte[] {(byte) 0xBE, (byte) 0xEF, (byte) 0x92},
                                0x68, new byte[] {0x00})));
        scan.oneWire(
                List.of(
                        new Files("28-0316a2794bff", List.of("w1_slave")),
                        new Files("10-000802b4ca1e", List.of("w1_slave"))));
        scan.kernel("hwmon", List.of(new Files("cpu_thermal", List.of("name", "temp1_input"))));

        List<String> stanza = scan.stanza();
        assertEquals(
                List.of(
                        "sensors:",
                        "  - {id: scanned/bme280-temperature, quantity: temperature, zone: scanned, from: {chip: bme280, i2c: /dev/i2c-1, address: 0x76}}",
                        "  - {id: scanned/bme280-pressure, quantity: pressure, zone: scanned, from: {chip: bme280, i2c: /dev/i2c-1, address: 0x76}}",
                        "  - {id: scanned/bme280-humidity, quantity: humidity, zone: scanned, from: {chip: bme280, i2c: /dev/i2c-1, address: 0x76}}",
                        "  - {id: scanned/sht3x-temperature, quantity: temperature, zone: scanned, from: {chip: sht3x, i2c: /dev/i2c-1, address: 0x44}}",
                        "  - {id: scanned/sht3x-humidity, quantity: humidity, zone: scanned, from: {chip: sht3x, i2c: /dev/i2c-1, address: 0x44}}",
                        "  # /dev/i2c-1 0x68: something answers that no driver recognises",
                        "  - {id: scanned/28-0316a2794bff, quantity: temperature, zone: scanned, from: {chip: ds18b20, w1: 28-0316a2794bff}}",
                        "  # w1 10-000802b4ca1e: of a family that no driver knows",
                        "  - {id: scanned/cpu_thermal-temp1_input, quantity: temperature, zone: scanned, from: {chip: hwmon, name: cpu_thermal, file: temp1_input}}"),
                stanza);
        var site =
                SiteConfigReader.read(
                        "scanned.yaml",
                        ("node: gw-01\n" + String.join("\n", stanza))
                                .getBytes(StandardCharsets.UTF_8),
                        Path.of(""));
        assertInstanceOf(SiteConfigReader.Valid.class, site, site::toString);
    }

    @Test
    void twoOfAKindHaveDifferentNames() {
        SensorScan scan = new SensorScan("a");
        scan.i2c(new Chips(Map.of(0x76, new byte[] {0x60}, 0x77, new byte[] {0x60})));
        String all = String.join("\n", scan.stanza());
        assertTrue(all.contains("id: a/bme280-temperature,"), all);
        assertTrue(all.contains("id: a/bme280-temperature-2,"), all);
    }

    @Test
    void twoKernelDevicesOfOneNameAreToldByWhereTheyAre() {
        SensorScan scan = new SensorScan("a");
        List<String> files = List.of("temp1_input");
        scan.kernel(
                "hwmon",
                List.of(
                        new Files("lm75", List.of("0-004a", "hwmon0"), files),
                        new Files("lm75", List.of("0-004b", "hwmon1"), files)));
        assertEquals(
                List.of(
                        "sensors:",
                        "  - {id: a/lm75-temp1_input, quantity: temperature, zone: a, from: {chip: hwmon, name: lm75, at: '0-004a', file: temp1_input}}",
                        "  - {id: a/lm75-temp1_input-2, quantity: temperature, zone: a, from: {chip: hwmon, name: lm75, at: '0-004b', file: temp1_input}}"),
                scan.stanza());
    }

    @Test
    void anEmptyBusIsSaidToBeEmpty() {
        SensorScan scan = new SensorScan("a");
        scan.i2c(new Chips(Map.of()));
        assertEquals(
                List.of("sensors:", "  # /dev/i2c-1: nothing that a driver recognises"),
                scan.stanza());
    }

    @Test
    void aMachineWithoutAnythingIsToldSo() {
        SensorScan scan = new SensorScan("a");
        scan.gpio(new LinuxGpioListing(List.of(), List.of()));
        assertEquals(
                List.of(
                        "sensors:",
                        "  # no sensor found: no I2C bus (/dev/i2c-*), no 1-Wire, IIO or hwmon device of the kernel's",
                        "  # no GPIO chip: there is no /dev/gpiochip0"),
                scan.stanza());
    }

    @Test
    void linesForContactsAndOutputsAreNamed() {
        SensorScan scan = new SensorScan("a");
        scan.i2c(new Chips(Map.of()));
        scan.gpio(
                new LinuxGpioListing(
                        List.of(
                                new LinuxGpioListing.Chip(
                                        "pinctrl-bcm2711",
                                        List.of(
                                                new LinuxGpioListing.Line("GPIO4", true, "onewire"),
                                                new LinuxGpioListing.Line("GPIO17", false, ""),
                                                new LinuxGpioListing.Line("2", false, "")))),
                        List.of("/dev/gpiochip1 can't be opened: permission denied")));
        assertEquals(
                List.of(
                        "sensors:",
                        "  # /dev/i2c-1: nothing that a driver recognises",
                        "  # gpio pinctrl-bcm2711, 3 lines",
                        "  #   free: GPIO17, 2",
                        "  #   taken: GPIO4 (onewire)",
                        "  # gpio /dev/gpiochip1 can't be opened: permission denied"),
                scan.stanza());
    }
}
