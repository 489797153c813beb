package dev.vigil.node.policies;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the machine's clock can be believed: a time server has set it, or a clock with a battery
 * did when the machine was switched on. Stateless; any thread.
 *
 * <p>systemd-timesyncd(8): its file is touched by each synchronization since the machine was
 * switched on. Linux, Documentation/ABI/testing/sysfs-class-rtc: {@code hctosys} is 1 when that
 * clock gave the system its time. Neither tells of chrony, ntpd or PTP.
 */
public final class SystemClock {
    private static final String SYNCHRONIZED = "run/systemd/timesync/synchronized";
    private static final String CLOCKS = "sys/class/rtc";

    private final Path root;

    /**
     * @param root where {@code /run} and {@code /sys} are
     */
    public SystemClock(Path root) {
        this.root = root;
    }

    public boolean good() {
        return Files.exists(root.resolve(SYNCHRONIZED)) || fromBattery();
    }

    private boolean fromBattery() {
        Path clocks = root.resolve(CLOCKS);
        if (!Files.isDirectory(clocks)) {
            return false;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(clocks)) {
            for (Path clock : all) {
                Path gaveTheTime = clock.resolve("hctosys");
                if (Files.isReadable(gaveTheTime)
                        && Files.readString(gaveTheTime).strip().equals("1")) {
                    return true;
                }
            }
            return false;
        } catch (IOException _) {
            return false; // what can't be read gave no time that is known of
        }
    }
}
