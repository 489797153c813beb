package dev.vigil.trials;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sensors of the guest's board from the hardware's side (device-images/uml/README.md). I2C
 * chips and the IIO device are the kernel's simulations behind real device nodes; the 1-Wire
 * thermometer is a folder with a file. Owned by the trial's thread.
 */
final class SimulatedSensors {
    private static final Path THERMOMETER = Path.of("/sys/bus/w1/devices/28-0316a2794bff");
    private static final Path BUS = Path.of("/sys/bus/i2c/devices/i2c-0/new_device");
    private static final Path IIO = Path.of("/sys/kernel/config/iio/devices/dummy/vigil_dummy");
    private static final Path SAMPLED = IIO.resolveSibling("moving_dummy");
    private static final Path NO_TRIGGER = IIO.resolveSibling("bare_dummy");
    private static final Path CLOCK = Path.of("/sys/kernel/config/iio/triggers/hrtimer/clock");
    private static final String CLOCK_HERTZ = "10";

    /**
     * BME280, registers 0xF7 to 0xFE: the data sheet's example (BST-BME280-DS002, 8.1), 25.08
     * degrees.
     */
    static final String ROOM = "65 5A C0 7E ED 00 6F A0";

    /** The same with a raw temperature of 664000: 70.0 degrees with the example's parameters. */
    static final String FIRE = "65 5A C0 A2 1C 00 6F A0";

    /** The data sheet's bytes of 23.125 degrees and their checksum. */
    static final String COOL = "72 01 4b 46 7f ff 0e 10 57";

    /**
     * What a DS18B20 says from power-on until it has measured: 85 degrees, with a right checksum.
     */
    static final String POWER_ON = "50 05 4b 46 7f ff 0c 10 1c";

    private final Path script;
    private @Nullable RandomAccessFile silentWriter;

    SimulatedSensors(Path root) {
        this.script = root.resolve("device-images/uml/chip.pl");
    }

    /** Chips as they are after a good start, but the one at 0x77, which is a BMP280. */
    void plugIn() {
        bytes("76", "D0", "60");
        bytes(
                "76",
                "88",
                "70 6B 43 67 18 FC 7D 8E 43 D6 D0 0B 27 0B 8C 00 F9 FF 8C 3C F8 C6 70 17 00 4B");
        bytes("76", "E1", "63 01 00 14 22 03 1E");
        bme280(ROOM);
        bytes("77", "D0", "58");
        loop(12);
        words(
                "44",
                "02",
                "%04x".formatted((12_000 / 4) << 3)); // bus voltage: 12 V in steps of 4 mV
        thermometer(COOL);
        words("4a", "00", "1980"); // LM75: 25.5 degrees in steps of 1/256
        words("4b", "00", "1580");
        try {
            kernelDrives("lm75 0x4a");
            kernelDrives("lm75 0x4b");
            Files.createDirectory(SAMPLED);
            Files.createDirectory(NO_TRIGGER);
            clockRuns();
        } catch (IOException e) {
            throw new UncheckedIOException("the board is not as it should be", e);
        }
    }

    private static void kernelDrives(String chip) throws IOException {
        Files.writeString(BUS, chip + "\n", StandardOpenOption.WRITE);
    }

    /** What has IIO devices measure, ten times a second. */
    private static void clockRuns() throws IOException {
        Files.createDirectory(CLOCK);
        try (DirectoryStream<Path> triggers =
                Files.newDirectoryStream(Path.of("/sys/bus/iio/devices"), "trigger*")) {
            for (Path trigger : triggers) {
                Files.writeString(
                        trigger.resolve("sampling_frequency"),
                        CLOCK_HERTZ,
                        StandardOpenOption.WRITE);
            }
        }
    }

    /** What the BME280 at 0x76 measures. */
    void bme280(String values) {
        bytes("76", "F7", values);
    }

    /** The current in the loop over 100 ohm, in milliampere, at input 0 of the ADS1115. */
    void loop(double milliampere) {
        double volt = milliampere / 1000 * 100;
        words("48", "00", "%04x".formatted(Math.round(volt / 4.096 * 32_768)));
    }

    /** The INA219 loses its calibration, as after a brown-out. */
    void brownOut() {
        words("44", "05", "0000");
    }

    void thermometer(String scratchpad) {
        try {
            Files.createDirectories(THERMOMETER);
            String text =
                    "%s : crc=%s YES\n%s t=0\n"
                            .formatted(scratchpad, scratchpad.substring(24), scratchpad);
            // In one step: the kernel never shows half of it.
            Path fresh =
                    Files.writeString(
                            THERMOMETER.resolve("fresh"), text, StandardCharsets.US_ASCII);
            Files.move(fresh, THERMOMETER.resolve("w1_slave"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the thermometer", e);
        }
    }

    /**
     * Its file becomes a named pipe that nobody writes to: whoever reads it stays in read(2) until
     * {@link #hungReadsEnd}.
     */
    void thermometerHangs() {
        Path fresh = THERMOMETER.resolve("fresh");
        run(List.of("mkfifo", fresh.toString()));
        try {
            Files.move(fresh, THERMOMETER.resolve("w1_slave"), StandardCopyOption.ATOMIC_MOVE);
            silentWriter = new RandomAccessFile(THERMOMETER.resolve("w1_slave").toFile(), "rw");
        } catch (IOException e) {
            throw new UncheckedIOException("can't make the thermometer hang", e);
        }
    }

    void hungReadsEnd() {
        try (RandomAccessFile _ = silentWriter) {
            silentWriter = null;
        } catch (IOException e) {
            throw new UncheckedIOException("can't close the pipe", e);
        }
    }

    void thermometerIsGone() {
        try {
            Workplace.deleteTree(THERMOMETER);
        } catch (IOException e) {
            throw new UncheckedIOException("can't take the thermometer away", e);
        }
    }

    /** Plugs in or out both the device that is read by its files and the one by its buffer. */
    void iioIsThere(boolean there) {
        try {
            for (Path device : List.of(IIO, SAMPLED)) {
                if (there) {
                    Files.createDirectory(device);
                } else {
                    Files.delete(device);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't plug the IIO device in or out", e);
        }
    }

    private void bytes(String address, String register, String values) {
        set(address, "byte", register, values);
    }

    private void words(String address, String register, String values) {
        set(address, "word", register, values);
    }

    private void set(String address, String size, String register, String values) {
        List<String> command =
                new ArrayList<>(List.of("perl", script.toString(), address, size, register));
        command.addAll(List.of(values.split(" ", -1)));
        run(command);
    }

    private static void run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new TrialFailure("%s: %s".formatted(command, said));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrialFailure("interrupted while " + command);
        }
    }
}
