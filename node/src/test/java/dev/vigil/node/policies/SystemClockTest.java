package dev.vigil.node.policies;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemClockTest {
    @Test
    void aClockThatNobodySetIsNotBelieved(@TempDir Path root) throws IOException {
        assertFalse(new SystemClock(root).good(), "there is nothing");

        clock(root, "rtc0", "0");
        assertFalse(new SystemClock(root).good(), "this clock did not give the time");
    }

    @Test
    void aClockWithABatteryThatGaveTheTimeIsBelieved(@TempDir Path root) throws IOException {
        clock(root, "rtc0", "0");
        clock(root, "rtc1", "1");

        assertTrue(new SystemClock(root).good());
    }

    @Test
    void aTimeServerThatWasHeardIsBelieved(@TempDir Path root) throws IOException {
        Path folder = Files.createDirectories(root.resolve("run/systemd/timesync"));
        assertFalse(new SystemClock(root).good(), "not heard yet");

        Files.createFile(folder.resolve("synchronized"));

        assertTrue(new SystemClock(root).good());
    }

    private static void clock(Path root, String name, String gaveTheTime) throws IOException {
        Path clock = Files.createDirectories(root.resolve("sys/class/rtc").resolve(name));
        Files.writeString(clock.resolve("hctosys"), gaveTheTime + "\n");
    }
}
