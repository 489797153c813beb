package dev.vigil.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.vigil.forward.ClockQuality;
import dev.vigil.forward.ClockReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineClockTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir private Path root;
    private long nanos = 77;
    private Instant wall = NOW;
    private long stall;

    @Test
    void tellsBootAndUptimeAsTheKernelDoes() throws IOException {
        write("proc/sys/kernel/random/boot_id", "ad04618a-d8c1-4a82-87fb-3799c87ddfb5\n");
        write("proc/uptime", "28172.99 19857.19\n");
        MachineClock clock = clock();
        nanos += 1_500_000_000L;
        assertEquals(
                new ClockReading(
                        UUID.fromString("ad04618a-d8c1-4a82-87fb-3799c87ddfb5"),
                        Duration.ofMillis(28_174_490),
                        NOW,
                        ClockQuality.NONE),
                clock.get());
    }

    @Test
    void noticesWithinSecondsThatATimeServiceHasSetTheClock() throws IOException {
        write("sys/class/rtc/rtc0/hctosys", "1\n");
        MachineClock clock = clock();
        assertEquals(ClockQuality.RTC, clock.get().quality());
        write("synchronized", "");
        nanos += 5_000_000_000L;
        assertEquals(ClockQuality.NTP, clock.get().quality());
        Files.delete(root.resolve("synchronized"));
        nanos += 5_000_000_000L;
        assertEquals(ClockQuality.RTC, clock.get().quality());
    }

    @Test
    void aDateBeforeThisSoftwareWasWrittenIsNoTimeAtAll() throws IOException {
        write("synchronized", "");
        wall = Instant.parse("1970-01-01T00:01:00Z");
        assertEquals(ClockQuality.NONE, clock().get().quality());
    }

    @Test
    void withoutAKernelToAskEachStartIsABootOfItsOwn() {
        assertNotEquals(clock().get().boot(), clock().get().boot());
    }

    @Test
    void aThreadThatHadNoProcessorInBetweenReadsBothClocksAgain() {
        MachineClock clock = clock();
        stall = 3_000_000_000L;

        ClockReading read = clock.get();

        assertEquals(NOW.plusSeconds(3), read.wall());
        assertEquals(Duration.ofSeconds(3), read.steady());
    }

    private MachineClock clock() {
        return new MachineClock(root, root.resolve("synchronized"), this::stalling, () -> nanos);
    }

    /** The time of day, read before the stall. */
    private Instant stalling() {
        Instant read = wall;
        wall = wall.plusNanos(stall);
        nanos += stall;
        stall = 0;
        return read;
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
