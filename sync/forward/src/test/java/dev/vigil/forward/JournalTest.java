package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Instant NOW = Samples.START;

    @TempDir private Path directory;
    private final Random random = new Random(1);

    @Test
    void givesBackWhatWasSyncedAndNothingElse() {
        try (Journal journal = open()) {
            Block first = journal.append(Lane.HISTORY, Samples.readings(random, NOW, 10), NOW);
            assertEquals(1, first.firstSequence());
            assertEquals(Optional.empty(), journal.next(Lane.HISTORY, 0));

            journal.sync();
            Block second = journal.append(Lane.HISTORY, Samples.readings(random, NOW, 5), NOW);
            Block read = journal.next(Lane.HISTORY, 0).orElseThrow();
            assertEquals(BlockCodec.decode(first), BlockCodec.decode(read));
            assertEquals(11, second.firstSequence());
            assertEquals(Optional.empty(), journal.next(Lane.HISTORY, 10));
        }
    }

    @Test
    void goesOnWhereItEndedWithItsBacklog() {
        StreamId stream;
        try (Journal journal = open()) {
            stream = journal.stream(Lane.ALARM);
            for (int i = 0; i < 20; i++) {
                journal.append(Lane.HISTORY, Samples.readings(random, NOW, 10), NOW);
                journal.sync();
            }
            journal.acknowledge(Lane.HISTORY, 50);
        }
        try (Journal journal = open()) {
            assertEquals(stream, journal.stream(Lane.ALARM));
            assertEquals(201, journal.nextSequence(Lane.HISTORY));
            assertEquals(150, journal.state(Lane.HISTORY).undeliveredRecords());
            assertEquals(50, journal.acknowledged(Lane.HISTORY));
            assertEquals(List.of(51L, 61L), sequences(journal, 50).subList(0, 2));
            journal.append(Lane.HISTORY, Samples.readings(random, NOW, 10), NOW);
            journal.sync();
            assertEquals(16, sequences(journal, 50).size());
        }
    }

    @Test
    void sealsFullVolumesAndCompactsThemWithoutLosingABlock() {
        try (Journal journal = open()) {
            for (int i = 0; i < 200; i++) {
                journal.append(Lane.HISTORY, Samples.readings(random, NOW, 10), NOW);
                journal.sync();
            }
            int volumes = journal.state(Lane.HISTORY).volumes();
            assertTrue(volumes > 3, "volumes: " + volumes);
            long before = journal.state(Lane.HISTORY).bytesOnDisk();
            while (journal.tidy()) {
                // until there is none left
            }
            long after = journal.state(Lane.HISTORY).bytesOnDisk();
            assertTrue(after < before / 2, before + " -> " + after);
            assertEquals(200, sequences(journal, 0).size());
        }
        try (Journal journal = open()) {
            assertEquals(200, sequences(journal, 0).size());
        }
    }

    @Test
    void dropsTheOldestHistoryOverBudgetAndSaysSoInTheAlarmLane() {
        try (Journal journal = open(400_000)) {
            for (int i = 0; i < 300; i++) {
                journal.append(Lane.HISTORY, Samples.readings(random, NOW, 10), NOW);
                journal.sync();
            }
            LaneState state = journal.state(Lane.HISTORY);
            assertTrue(state.bytesOnDisk() <= 400_000 + 100_000, state.toString());
            long first = journal.next(Lane.HISTORY, 0).orElseThrow().firstSequence();
            assertTrue(first > 1);
            assertEquals(first - 1, state.droppedRecords());
            SenmlRecord loss =
                    BlockCodec.decode(journal.next(Lane.ALARM, 0).orElseThrow()).getFirst();
            assertEquals("loss/history", loss.name());
            assertTrue(String.valueOf(loss.text()).contains("\"from\":1,"), loss.toString());
        }
    }

    @Test
    void canBeOpenedOnlyOnce() {
        try (Journal journal = open()) {
            var fault = assertThrows(JournalFault.class, this::open);
            assertTrue(String.valueOf(fault.getMessage()).contains("in use"), fault.getMessage());
            assertEquals(1, journal.nextSequence(Lane.ALARM));
        }
    }

    private Journal open() {
        return open(4_000_000);
    }

    private Journal open(long historyBytes) {
        return Journal.open(
                new JournalOptions(
                        "gw-01",
                        directory.toString(),
                        1_000_000,
                        historyBytes,
                        Duration.ofHours(24),
                        100_000,
                        100_000),
                NOW);
    }

    private static List<Long> sequences(Journal journal, long after) {
        var sequences = new ArrayList<Long>();
        Optional<Block> block = journal.next(Lane.HISTORY, after);
        while (block.isPresent()) {
            sequences.add(block.get().firstSequence());
            block = journal.next(Lane.HISTORY, block.get().lastSequence());
        }
        return sequences;
    }
}
