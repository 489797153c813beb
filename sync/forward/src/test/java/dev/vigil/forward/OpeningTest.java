package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node is armed soon whatever waits on its disk: opening reads the newest file and the small
 * ones, and no more of a large backlog than of a small one. ({@link DiskFigures} takes the time of
 * it.)
 */
class OpeningTest {
    private final Random random = new Random(1);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsNoMoreOfALargeBacklogThanOfASmallOne(boolean orderly) {
        try (var disk = new SimulatedDisk(random)) {
            long small = backlogThenOpen(disk, 4, orderly);
            long large = backlogThenOpen(disk, 24, orderly);
            assertTrue(
                    large <= small + 65_536 * 2,
                    () ->
                            "read %d bytes of a small and %d of a large backlog"
                                    .formatted(small, large));
        }
    }

    private long backlogThenOpen(SimulatedDisk disk, int volumes, boolean orderly) {
        try (Journal journal = open(disk)) {
            while (journal.state(Lane.HISTORY).volumes() < volumes) {
                append(journal);
                journal.sync();
            }
            append(journal);
            journal.sync();
            if (!orderly) {
                append(journal);
                disk.crash();
            }
        }
        disk.restart();
        disk.takeReadBytes();
        try (Journal journal = open(disk)) {
            long read = disk.takeReadBytes();
            assertEquals(0, journal.acknowledged(Lane.HISTORY));
            assertTrue(journal.state(Lane.HISTORY).volumes() >= volumes);
            return read;
        }
    }

    private void append(Journal journal) {
        journal.append(Lane.HISTORY, Samples.readings(random, Samples.START, 800), Samples.START);
    }

    private static Journal open(SimulatedDisk disk) {
        return Journal.open(
                new JournalOptions(
                        "gw-01",
                        disk.directory(),
                        10_000_000,
                        50_000_000,
                        Duration.ofDays(1),
                        65_536,
                        65_536),
                Samples.START);
    }
}
