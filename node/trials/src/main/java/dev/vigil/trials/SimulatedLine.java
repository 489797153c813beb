package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A GPIO line of the guest's board, from the hardware's side (Documentation/admin-guide/gpio/
 * gpio-sim.rst, device-images/uml/guest-init.sh). Immutable; the line is the kernel's.
 *
 * @param folder with the files value and pull
 */
record SimulatedLine(Path folder) {
    private static final Path CHIP = Path.of("/sys/kernel/config/gpio-sim/vigil");
    private static final int LINES = 8;

    /** The guest's kernel merges edges that are closer together than 10 ms (its tick). */
    static final long APART_NANOS = 25_000_000;

    /** True inside the guest. */
    static boolean boardIsHere() {
        return Files.isDirectory(CHIP);
    }

    /** The line with this name, wherever the kernel has put it now. */
    static SimulatedLine named(String name) {
        try {
            Path board =
                    Path.of("/sys/devices/platform")
                            .resolve(text(CHIP.resolve("dev_name")))
                            .resolve(text(CHIP.resolve("bank0/chip_name")));
            for (int n = 0; n < LINES; n++) {
                if (text(CHIP.resolve("bank0/line" + n + "/name")).equals(name)) {
                    return new SimulatedLine(board.resolve("sim_gpio" + n));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the board is not as it should be", e);
        }
        throw new TrialFailure("the board has no line '%s'".formatted(name));
    }

    /** Plugs the whole chip in, or pulls it out. */
    static void chipIsThere(boolean there) {
        write(CHIP.resolve("live"), there ? "1" : "0");
    }

    /** What is on the line: high or low, whoever drives it. */
    boolean isHigh() {
        try {
            return text(folder.resolve("value")).equals("1");
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the line " + folder, e);
        }
    }

    /** Pulls an input high or low, as a contact does. */
    void pull(boolean high) {
        write(folder.resolve("pull"), high ? "pull-up" : "pull-down");
    }

    /** Pulses of an input, so far apart that the guest's kernel does not merge their edges. */
    void pulse(int times) {
        for (int i = 0; i < 2 * times; i++) {
            pull(i % 2 == 0);
            LockSupport.parkNanos(APART_NANOS);
        }
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private static void write(Path file, String text) {
        try {
            Files.write(file, text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException("can't write to " + file, e);
        }
    }
}
