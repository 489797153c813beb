package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metric of flash bytes written against what the kernel counts for this process. */
class FlashBytesTest {
    @TempDir private Path directory;
    private final Random random = new Random(1);

    @Test
    void saysWhatIsGivenToTheFileSystem() throws IOException {
        try (Journal journal =
                Journal.open(
                        JournalOptions.of(
                                "gw-01", directory, 4_000_000, 400_000_000, Duration.ofHours(1)),
                        Samples.START)) {
            long alarmsBefore = journal.state(Lane.ALARM).writtenBytes();
            long before = journal.state(Lane.HISTORY).writtenBytes();
            long kernelBefore = writtenByThisProcess();
            for (int i = 0; i < 200; i++) {
                journal.append(
                        Lane.HISTORY,
                        Samples.readings(random, Samples.START, 5_000),
                        Samples.START);
                journal.sync();
            }
            long told = journal.state(Lane.HISTORY).writtenBytes() - before;
            long kernel = writtenByThisProcess() - kernelBefore;
            long onDisk = journal.state(Lane.HISTORY).bytesOnDisk();

            assertTrue(told >= onDisk, () -> "%d told, %d on disk".formatted(told, onDisk));
            assertTrue(
                    told <= kernel && told > kernel * 0.9,
                    () -> "%d told, the kernel says %d".formatted(told, kernel));
            assertEquals(alarmsBefore, journal.state(Lane.ALARM).writtenBytes());
        }
    }

    /** By write(2) and its kin: proc(5), {@code /proc/pid/io}. */
    private static long writtenByThisProcess() throws IOException {
        return Files.readString(Path.of("/proc/self/io"))
                .lines()
                .filter(line -> line.startsWith("wchar: "))
                .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
                .findFirst()
                .orElseThrow();
    }
}
