package dev.vigil.sensor.bus.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.KernelDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is simulated: sysfs' folders and files, as a folder on the disk. */
class SysfsTest {
    @TempDir Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @BeforeEach
    void aMachineWithThreeDevices() throws IOException {
        file("bus/w1/devices/28-0316a2794bff/temperature", "21375\n");
        file("bus/w1/devices/w1_bus_master1/w1_master_slave_count", "1\n");
        file("bus/iio/devices/iio:device0/name", "bmp280\n");
        file("bus/iio/devices/iio:device0/in_temp_input", "21050\n");
        file("class/hwmon/hwmon1/name", "cpu_thermal\n");
    }

    @Test
    void listsDevicesByIdOrByTheirDriversName() throws BusFault {
        Sysfs sysfs = new Sysfs(root);
        assertEquals(
                List.of("28-0316a2794bff"),
                sysfs.oneWire().stream().map(KernelDevice::name).toList());
        assertEquals(List.of("bmp280"), sysfs.iio().stream().map(KernelDevice::name).toList());
        assertEquals(
                List.of("cpu_thermal"), sysfs.hwmon().stream().map(KernelDevice::name).toList());
        assertEquals(List.of("in_temp_input", "name"), sysfs.iio().getFirst().attributes());
    }

    @Test
    void readsAFileWithoutItsLineEnd() throws BusFault {
        assertEquals("21375", new Sysfs(root).oneWire("28-0316a2794bff").read("temperature"));
        assertEquals("21050", new Sysfs(root).iio("bmp280", "").read("in_temp_input"));
    }

    @Test
    void findsADeviceAgainWhoseNumberChanged() throws BusFault, IOException {
        KernelDevice device = new Sysfs(root).iio("bmp280", "");
        device.read("in_temp_input");
        Files.move(
                root.resolve("bus/iio/devices/iio:device0"),
                root.resolve("bus/iio/devices/iio:device3"));
        assertEquals("21050", device.read("in_temp_input"));
    }

    @Test
    void isNotSearchedForAtEachRead() throws BusFault, IOException {
        KernelDevice device = new Sysfs(root).iio("bmp280", "");
        device.read("in_temp_input");
        Files.createDirectories(root.resolve("bus/iio/devices/iio:device9")); // has no name
        assertThrows(BusFault.class, () -> new Sysfs(root).iio(), "a search would meet it");
        assertEquals("21050", device.read("in_temp_input"));
    }

    @Test
    void anotherDeviceThatTookItsPlaceIsNotRead() throws BusFault, IOException {
        KernelDevice device = new Sysfs(root).iio("bmp280", "");
        device.read("in_temp_input");
        file("bus/iio/devices/iio:device0/name", "ads1015\n");
        BusFault fault = assertThrows(BusFault.class, () -> device.read("in_temp_input"));
        assertEquals(BusFault.Kind.GONE, fault.kind());
    }

    private void secondBmp280() throws IOException {
        Path there = root.resolve("devices/platform/i2c-1/1-0077/iio:device1");
        Files.createDirectories(there);
        Files.writeString(there.resolve("name"), "bmp280\n");
        Files.writeString(there.resolve("label"), "roof\n");
        Files.writeString(there.resolve("in_temp_input"), "4000\n");
        Files.createSymbolicLink(root.resolve("bus/iio/devices/iio:device1"), there);
    }

    @Test
    void ofTwoDevicesOfOneNameNoneIsTakenUntilTheSiteSaysWhich() throws BusFault, IOException {
        secondBmp280();
        Sysfs sysfs = new Sysfs(root);
        BusFault fault =
                assertThrows(BusFault.class, () -> sysfs.iio("bmp280", "").read("in_temp_input"));
        assertEquals(
                "there are 2 of IIO device 'bmp280', say with 'at' which: bmp280 at iio:device0, bmp280 at roof or 1-0077 or iio:device1",
                fault.getMessage());
        for (String place : List.of("roof", "1-0077", "iio:device1")) {
            assertEquals("4000", sysfs.iio("bmp280", place).read("in_temp_input"));
        }
        assertEquals("21050", sysfs.iio("bmp280", "iio:device0").read("in_temp_input"));
        fault =
                assertThrows(
                        BusFault.class, () -> sysfs.iio("bmp280", "cellar").read("in_temp_input"));
        assertEquals(BusFault.Kind.GONE, fault.kind());
    }

    @Test
    void aDeviceOfTheSameNameElsewhereDoesNotTakeItsPlace() throws BusFault, IOException {
        secondBmp280();
        KernelDevice device = new Sysfs(root).iio("bmp280", "iio:device0");
        device.read("in_temp_input");
        Files.delete(root.resolve("bus/iio/devices/iio:device0/name"));
        Files.delete(root.resolve("bus/iio/devices/iio:device0/in_temp_input"));
        Files.delete(root.resolve("bus/iio/devices/iio:device0"));
        assertEquals(
                BusFault.Kind.GONE,
                assertThrows(BusFault.class, () -> device.read("in_temp_input")).kind());
    }

    @Test
    void tellsAMissingFileFromAMissingDevice() {
        Sysfs sysfs = new Sysfs(root);
        assertEquals(
                BusFault.Kind.NO_ANSWER,
                assertThrows(
                                BusFault.class,
                                () -> sysfs.oneWire("28-0316a2794bff").read("w1_slave"))
                        .kind());
        assertEquals(
                BusFault.Kind.GONE,
                assertThrows(
                                BusFault.class,
                                () -> sysfs.oneWire("28-000000000000").read("temperature"))
                        .kind());
        BusFault fault = assertThrows(BusFault.class, () -> sysfs.iio("sht3x", "").read("name"));
        assertEquals(BusFault.Kind.GONE, fault.kind());
        assertTrue(String.valueOf(fault.getMessage()).contains("bmp280"), fault.getMessage());
    }

    @Test
    void aMachineWithoutSuchBusesHasNoDevices(@TempDir Path empty) throws BusFault {
        assertEquals(List.of(), new Sysfs(empty).oneWire());
        assertEquals(List.of(), new Sysfs(empty).iio());
    }
}
