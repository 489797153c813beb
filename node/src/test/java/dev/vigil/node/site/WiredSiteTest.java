package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.bus.linux.FakeGpio;
import dev.vigil.sensor.bus.linux.FakeI2c;
import dev.vigil.sensor.bus.linux.FakeKernel;
import dev.vigil.sensor.bus.linux.Sysfs;
import dev.vigil.sensor.plausibility.Plausibility;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a site.yaml to judged readings and findings, with the real drivers. Simulated: the kernel's
 * system calls on GPIO chips and I2C adapters, and /sys as a folder.
 */
class WiredSiteTest {
    private static final Instant T0 = Instant.parse("2026-11-23T12:00:00Z");
    private static final long SECOND = 1_000_000_000L;

    @TempDir Path sysfs;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeGpio chip = new FakeGpio(kernel, "sim", List.of("gauge", "meter", "loop"));
    private final FakeI2c adapter = new FakeI2c(kernel, true);
    private final Inbox inbox = new Inbox(1024, 65_536);
    private final List<SensorBus> buses = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Plausibility plausibility = new Plausibility(java.util.Map.of());
    private long nanos;

    private Instant now() {
        return T0.plusNanos(nanos);
    }

    private void site(String sensors) {
        kernel.device("/dev/gpiochip0", chip);
        kernel.device("/dev/i2c-1", adapter);
        var read =
                SiteConfigReader.read(
                        "site.yaml",
                        ("node: n\nsensors:\n" + sensors).getBytes(StandardCharsets.UTF_8),
                        sysfs);
        SiteConfig site =
                assertInstanceOf(SiteConfigReader.Valid.class, read, read::toString).config();
        plausibility = new Plausibility(site.inputs().bounds());
        var hardware = new LocalSensors.Hardware(kernel, new Sysfs(sysfs), () -> nanos);
        for (BusKeeper.Bus bus : LocalSensors.buses(site.inputs().local(), hardware)) {
            buses.add(new SensorBus(bus.name(), bus.load().get(), inbox, this::now));
        }
    }

    @AfterEach
    void givesBackWhatItOpened() {
        buses.forEach(SensorBus::closeLoad);
        assertEquals(0, kernel.openFiles());
        assertEquals(0, kernel.allocations());
    }

    /** All buses look each fifth of a second; what comes is judged as in the pipeline. */
    private void passes(Duration time) {
        long end = nanos + time.toNanos();
        while (nanos < end) {
            nanos += SECOND / 5;
            buses.forEach(bus -> bus.turn(nanos));
            judge();
        }
        plausibility
                .tick(now())
                .forEach(
                        f ->
                                told.add(
                                        f.channel().id()
                                                + " "
                                                + f.doubt().word()
                                                + ": "
                                                + f.detail()));
    }

    private void judge() {
        List<Arrival> arrivals = new ArrayList<>();
        inbox.drain(arrivals, 65_536);
        for (Arrival arrival : arrivals) {
            if (arrival instanceof Arrival.Readings(var readings, _, _)) {
                plausibility.judge(readings).forEach(reading -> told.add(line(reading)));
            } else if (arrival instanceof Arrival.Unreadable(var channels, var why, _)) {
                plausibility.unreadable(channels, why);
            }
        }
    }

    private static String line(Reading r) {
        return String.format(Locale.ROOT, "%s %.6g %s", r.channel().id(), r.value(), r.quality());
    }

    private List<String> told() {
        List<String> all = List.copyOf(told);
        told.clear();
        return all;
    }

    private void pulse(int line, Duration length) {
        chip.line(line).becomes(true, nanos);
        chip.line(line).becomes(false, nanos + length.toNanos());
    }

    @Test
    void aRainGaugeTellsIntensityAndSum() {
        site(
                """
                  - {id: r/rate, quantity: velocity, zone: r, from: {gpio: sim, line: gauge, mm-per-pulse: 0.2, every: 10s, sum: 20s}}
                  - {id: r/sum, quantity: level, zone: r, from: {gpio: sim, line: gauge, mm-per-pulse: 0.2, every: 10s, sum: 20s}}
                """);
        passes(Duration.ofMillis(200));
        for (int tip = 0; tip < 5; tip++) {
            pulse(0, Duration.ofMillis(50));
            passes(Duration.ofSeconds(2));
        }
        assertEquals(
                List.of("r/rate 0.000100000 GOOD", "r/sum 0.00100000 UNCERTAIN"),
                told(),
                "five tips in ten seconds; the sum doesn't reach back for 20 s yet");
        passes(Duration.ofSeconds(10));
        assertEquals(List.of("r/rate 0.00000 GOOD", "r/sum 0.00100000 GOOD"), told());
        passes(Duration.ofSeconds(10));
        assertEquals(List.of("r/rate 0.00000 GOOD", "r/sum 0.00000 GOOD"), told());
    }

    @Test
    void aFlowMeterTellsCubicMetres() {
        site(
                "  - {id: f, quantity: flow, zone: r, from: {gpio: sim, line: meter, l-per-pulse: 0.5, every: 1s}}\n");
        passes(Duration.ofMillis(200));
        pulse(1, Duration.ofMillis(10));
        passes(Duration.ofMillis(400));
        pulse(1, Duration.ofMillis(10));
        passes(Duration.ofMillis(600));
        assertEquals(List.of("f 0.00100000 GOOD"), told());
    }

    @Test
    void anInductiveLoopTellsVolumeAndOccupancy() {
        site(
                """
                  - {id: l/volume, quantity: rate, zone: r, from: {gpio: sim, line: loop}}
                  - {id: l/occupancy, quantity: occupancy, zone: r, from: {gpio: sim, line: loop}}
                """);
        passes(Duration.ofMillis(200));
        chip.line(2).becomes(true, nanos);
        passes(Duration.ofMillis(400));
        chip.line(2).becomes(false, nanos);
        passes(Duration.ofMillis(4600));
        chip.line(2).becomes(true, nanos);
        passes(Duration.ofMillis(1600));
        chip.line(2).becomes(false, nanos);
        passes(Duration.ofMillis(3400));
        assertEquals(List.of("l/volume 0.200000 GOOD", "l/occupancy 0.200000 GOOD"), told());
    }

    @Test
    void edgesThatTheKernelHadNoRoomForAreAFaultAndTheCountIsUncertain() {
        site("  - {id: l/volume, quantity: rate, zone: r, from: {gpio: sim, line: loop}}\n");
        passes(Duration.ofMillis(200));
        for (int i = 0; i < 300; i++) {
            pulse(2, Duration.ofNanos(1));
        }
        passes(Duration.ofSeconds(5));
        String why =
                "l/volume unreadable: l/volume: the kernel had no room for 88 edges, 88 since the start; counted on from what the line is now";
        assertEquals(List.of(why), told());
        passes(Duration.ofSeconds(5));
        assertEquals(List.of("l/volume 25.6000 UNCERTAIN"), told(), "512 of 600 edges were kept");
        passes(Duration.ofSeconds(10));
        assertEquals(List.of("l/volume 0.00000 GOOD"), told());
    }

    @Test
    void aGpioChipThatGoesIsAFaultUntilItIsBack() {
        site("  - {id: l/volume, quantity: rate, zone: r, from: {gpio: sim, line: loop}}\n");
        passes(Duration.ofMillis(200));
        chip.disappears();
        kernel.remove("/dev/gpiochip0");
        passes(Duration.ofSeconds(10));
        assertEquals(
                List.of("l/volume unreadable: no gpio chip has the label 'sim'; labels are: none"),
                told());
        kernel.device("/dev/gpiochip0", new FakeGpio(kernel, "sim", List.of("a", "b", "loop")));
        passes(Duration.ofSeconds(11));
        assertEquals("l/volume 0.00000 GOOD", told().getFirst());
    }

    @Test
    void theKernelsSamplesOfAnAccelerometerAreReadUntilItIsPulledOut() throws IOException {
        String device = "bus/iio/devices/iio:device0/";
        file(device + "name", "lis2dh12\n");
        file(device + "in_accel_x_raw", "0\n");
        file(device + "in_accel_scale", "0.5\n");
        file(device + "buffer0/enable", "0\n");
        file(device + "buffer0/length", "2\n");
        file(device + "buffer0/in_accel_x_en", "0\n");
        file(device + "buffer0/in_accel_x_index", "0\n");
        file(device + "buffer0/in_accel_x_type", "le:s16/16>>0\n");
        kernel.device("/dev/iio:device0", new Shaken());
        site(
                "  - {id: v, quantity: acceleration, zone: r, from: {chip: iio-motion, name: lis2dh12, measures: vibration, every: 1s}}\n");
        passes(Duration.ofMillis(1400));
        assertEquals(List.of("v 1.00000 GOOD"), told());
        Files.delete(sysfs.resolve(device + "name"));
        Files.move(sysfs.resolve(device), sysfs.resolve("gone"));
        passes(Duration.ofSeconds(2));
        String last = told().getLast();
        assertTrue(last.matches("v unreadable: .*IIO device 'lis2dh12'.*"), last);
    }

    /** Gives two samples, 2 and -2, and after them that it is gone. */
    private static final class Shaken implements FakeKernel.Device {
        private boolean over;

        @Override
        public int ioctl(long request, long argument) {
            return -25; // ENOTTY
        }

        @Override
        public int read(ByteBuffer into) {
            if (over) {
                return -19; // ENODEV
            }
            over = true;
            into.put(new byte[] {2, 0, -2, -1});
            return 4;
        }
    }

    /** 4.7 kOhm each: open 1.65 V, closed 1.1 V; an LSB is 125 uV. */
    @Test
    void aSupervisedContactIsOpenClosedCutOrShorted() {
        site(
                "  - {id: c, quantity: contact, zone: r, means: call-point, from: {chip: ads1115, i2c: /dev/i2c-1, line: {supply: 3.3, pull-up: 4700, end: 4700, contact: 4700}}}\n");
        adapter.word(0x48, 0, 13_200);
        passes(Duration.ofMillis(1200));
        assertEquals(List.of("c 0.00000 GOOD"), told());
        adapter.word(0x48, 0, 8_800);
        passes(Duration.ofSeconds(1));
        assertEquals(List.of("c 1.00000 GOOD"), told());
        adapter.word(0x48, 0, 26_400);
        passes(Duration.ofSeconds(1));
        String cut = told().getFirst();
        assertTrue(cut.startsWith("c unreadable: ads1115 at 0x48 on /dev/i2c-1: input 0: "), cut);
        assertTrue(cut.contains(", cut;"), cut);
        adapter.word(0x48, 0, 0);
        passes(Duration.ofSeconds(2));
        assertTrue(told().toString().contains(", shorted;"), "shorted");
    }

    /**
     * 2 of 4 V are over the load: the sensor has as much, 10 kOhm, half of what clean air gives.
     */
    @Test
    void aCalibratedGasSensorTellsAShareAndIsNotBelievedWhileItWarmsUp() {
        site(
                "  - {id: g, quantity: co, zone: r, from: {chip: ads1115, i2c: /dev/i2c-1, warm-up: 3s, gas: {supply: 4, load: 10000, clean-air: 20000, curve: [{ppm: 50, ratio: 1}, {ppm: 200, ratio: 0.25}]}}}\n");
        adapter.word(0x48, 0, 16_000);
        passes(Duration.ofMillis(1200));
        assertEquals("g 0.000100000 BAD", told().getFirst());
        passes(Duration.ofSeconds(4));
        assertTrue(told().contains("g 0.000100000 GOOD"), "100 ppm: half way on both scales");
    }

    @Test
    void aHwmonChipAndAnIioDeviceAndAOneWireThermometerAreFoundInSysfs() throws IOException {
        file("class/hwmon/hwmon2/name", "cpu_thermal\n");
        file("class/hwmon/hwmon2/temp1_input", "48312\n");
        file("bus/iio/devices/iio:device0/name", "bmp280\n");
        file("bus/iio/devices/iio:device0/in_pressure_input", "100.653\n");
        file(
                "bus/w1/devices/28-01/w1_slave",
                "91 01 4b 46 7f ff 0c 10 70 : crc=70 YES\n91 01 4b 46 7f ff 0c 10 70 t=25062\n");
        site(
                """
                  - {id: cpu, quantity: temperature, zone: r, from: {chip: hwmon, name: cpu_thermal, file: temp1_input}}
                  - {id: air, quantity: pressure, zone: r, from: {chip: iio, name: bmp280, file: in_pressure_input}}
                  - {id: store, quantity: temperature, zone: r, from: {chip: ds18b20, w1: 28-01}}
                """);
        passes(Duration.ofMillis(200));
        assertEquals(List.of("cpu 48.3120 GOOD", "air 100653 GOOD", "store 25.0625 GOOD"), told());
        file(
                "bus/w1/devices/28-01/w1_slave",
                "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n");
        passes(Duration.ofSeconds(5));
        assertTrue(told().contains("store 85.0000 BAD"), "85 degrees out of nowhere is no fire");
    }

    private void file(String path, String text) throws IOException {
        Path file = sysfs.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
