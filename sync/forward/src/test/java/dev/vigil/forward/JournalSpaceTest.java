package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each lane has its room: HISTORY never takes ALARM's, and nothing on the disk is not counted. */
class JournalSpaceTest {
    private static final Instant NOW = Samples.START;

    private final Random random = new Random(1);
    private final SimulatedDisk disk = new SimulatedDisk(random);

    @AfterEach
    void removeDisk() {
        disk.close();
    }

    @Test
    void historyStopsBeforeTheRoomThatAlarmHasReserved() {
        disk.capacity(600_000);
        try (Journal journal = open(1_000_000, 5_000_000)) {
            var fault = assertThrows(JournalFault.class, () -> fill(journal, 2_000));
            assertEquals(Set.of(Lane.HISTORY), fault.lanes());
            assertTrue(fault.toString().contains("reserved for lane ALARM"), fault.toString());
            long history = journal.state(Lane.HISTORY).appendedRecords();
            // What is reserved on a disk of that size, which holds alarms for as long as it lasts.
            long reserved = 600_000 / 6;
            while (journal.state(Lane.ALARM).bytesOnDisk() < reserved * 3 / 4) {
                alarm(journal);
            }
            assertEquals(history, journal.state(Lane.HISTORY).appendedRecords());
            assertEquals(0, journal.state(Lane.HISTORY).droppedRecords());
        }
    }

    @Test
    void aFloodOfHistoryLeavesAlarmsOnADiskOfTheRightSizeAlone() {
        disk.capacity(450_000);
        try (Journal journal = open(150_000, 150_000)) {
            for (int i = 0; i < 8; i++) {
                fill(journal, 8);
                alarm(journal);
            }
            assertTrue(journal.state(Lane.HISTORY).droppedRecords() > 0);
            long lost = 0;
            for (long sequence = 0; sequence < journal.nextSequence(Lane.ALARM) - 1; ) {
                Block block = journal.next(Lane.ALARM, sequence).orElseThrow();
                lost +=
                        BlockCodec.decode(block).stream()
                                .filter(record -> record.name().equals("loss/alarm"))
                                .count();
                assertEquals(sequence + 1, block.firstSequence());
                sequence = block.lastSequence();
            }
            assertEquals(0, lost);
        }
    }

    @Test
    void damagedFilesThatWereSetAsideCountAndGoBeforeDataThatNobodyHas() {
        try (Journal journal = open(1_000_000, 262_144)) {
            fill(journal, 24);
        }
        for (String file : volumes().subList(0, 2)) {
            byte[] content = disk.content("history/" + file);
            Arrays.fill(content, 0, 8_192, (byte) 0);
        }
        try (Journal journal = open(1_000_000, 262_144)) {
            long before = journal.state(Lane.HISTORY).bytesOnDisk();
            for (long at = 0; at < 1_200; ) {
                at = journal.next(Lane.HISTORY, at).orElseThrow().lastSequence();
            }
            journal.sync();
            assertEquals(2, aside());
            long after = journal.state(Lane.HISTORY).bytesOnDisk();
            assertEquals(onDisk(), after);
            assertTrue(after > before, before + " -> " + after);

            while (aside() > 0) {
                fill(journal, 1);
                assertTrue(journal.state(Lane.HISTORY).bytesOnDisk() < 262_144 + 65_536 * 2);
            }
            assertEquals(
                    Optional.of(2L),
                    Optional.of(records(journal, "aside/deleted")),
                    "each of them is told");
            assertTrue(journal.state(Lane.HISTORY).bytesOnDisk() <= 262_144 + 65_536);
        }
    }

    private long records(Journal journal, String name) {
        long count = 0;
        try (JournalReader reader = journal.reader(Lane.ALARM)) {
            Optional<Block> block = reader.from(1);
            while (block.isPresent()) {
                count +=
                        BlockCodec.decode(block.get()).stream()
                                .filter(record -> record.name().equals(name))
                                .count();
                block = reader.from(block.get().lastSequence() + 1);
            }
        }
        return count;
    }

    private long aside() {
        return disk.files("history").stream().filter(f -> f.contains(".damaged-")).count();
    }

    private long onDisk() {
        return disk.files("history").stream()
                .filter(f -> f.contains(".mv.db"))
                .mapToLong(f -> disk.content("history/" + f).length)
                .sum();
    }

    private List<String> volumes() {
        return disk.files("history").stream().filter(f -> f.endsWith(".mv.db")).toList();
    }

    private void fill(Journal journal, int blocks) {
        for (int i = 0; i < blocks; i++) {
            journal.append(Lane.HISTORY, Samples.readings(random, NOW, 50), NOW);
            journal.sync();
        }
    }

    private void alarm(Journal journal) {
        journal.append(Lane.ALARM, Samples.readings(random, NOW, 1), NOW);
        journal.sync();
    }

    private Journal open(long alarmBytes, long historyBytes) {
        return Journal.open(
                new JournalOptions(
                        "gw-01",
                        disk.directory(),
                        alarmBytes,
                        historyBytes,
                        Duration.ofDays(1),
                        65_536,
                        65_536),
                NOW,
                null,
                disk.room());
    }
}
