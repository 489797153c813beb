package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Committer, shipper, a reader beside them and somebody who asks for figures, all at once. */
class JournalThreadsTest {
    private static final int BLOCKS = 1_000;
    private static final int RECORDS = 20;

    @TempDir private Path directory;

    @Test
    void everyBlockIsReadOnceInOrderWhileVolumesAreSealedRewrittenAndExpire() throws Exception {
        var done = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(4);
                Journal journal = open(40_000_000, Duration.ZERO)) {
            var committer = threads.submit(() -> commit(journal, done));
            var shipper = threads.submit(() -> ship(journal, done));
            var watcher = threads.submit(() -> watch(journal, done));
            var reader = threads.submit(() -> read(journal, done));
            try {
                committer.get(90, TimeUnit.SECONDS);
                List<Long> read = shipper.get(90, TimeUnit.SECONDS);
                assertEquals(BLOCKS, read.size());
                for (int i = 0; i < BLOCKS; i++) {
                    assertEquals(1 + (long) i * RECORDS, read.get(i));
                }
                assertTrue(watcher.get(90, TimeUnit.SECONDS) > 0);
                assertTrue(reader.get(90, TimeUnit.SECONDS) > 0);
                assertEquals(0, journal.state(Lane.HISTORY).droppedRecords());
                assertEquals(1, journal.nextSequence(Lane.ALARM), "no loss record");
                assertEquals(
                        List.of(),
                        new Disk(directory.toString())
                                .names("history").stream()
                                        .filter(name -> name.contains("damaged"))
                                        .toList());
            } finally {
                done.set(true);
            }
        }
    }

    @Test
    void whatTheBudgetTakesFromAShipperThatIsBehindIsRecorded() throws Exception {
        var done = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(2);
                Journal journal = open(400_000, Duration.ofDays(1))) {
            var committer = threads.submit(() -> commit(journal, done));
            try {
                // Reads all the time and acknowledges nothing, over files that vanish.
                var reader = threads.submit(() -> read(journal, done));
                committer.get(90, TimeUnit.SECONDS);
                assertTrue(reader.get(90, TimeUnit.SECONDS) > 0);
                LaneState state = journal.state(Lane.HISTORY);
                assertTrue(state.droppedRecords() > 0);
                assertEquals(BLOCKS * RECORDS, state.droppedRecords() + state.undeliveredRecords());
            } finally {
                done.set(true);
            }
        }
    }

    private static int commit(Journal journal, AtomicBoolean done) {
        var random = new Random(1);
        for (int i = 0; i < BLOCKS; i++) {
            journal.append(
                    Lane.HISTORY,
                    Samples.readings(random, Samples.START, RECORDS),
                    Samples.START.plusMillis(i));
            if (random.nextInt(3) > 0 || i == BLOCKS - 1) {
                journal.sync();
            }
        }
        done.set(true);
        return BLOCKS;
    }

    private static List<Long> ship(Journal journal, AtomicBoolean done) {
        var random = new Random(2);
        var read = new ArrayList<Long>();
        long after = 0;
        boolean last = false;
        while (true) {
            Optional<Block> block = journal.next(Lane.HISTORY, after);
            if (block.isPresent()) {
                read.add(block.get().firstSequence());
                after = block.get().lastSequence();
                journal.acknowledge(Lane.HISTORY, after);
            } else if (last) {
                return read;
            } else {
                last = done.get();
            }
            if (random.nextInt(50) == 0) {
                journal.tidy();
            }
        }
    }

    private static long watch(Journal journal, AtomicBoolean done) {
        long looks = 0;
        while (!done.get()) {
            LaneState state = journal.state(Lane.HISTORY);
            assertTrue(state.undeliveredRecords() >= 0, state.toString());
            assertTrue(state.undeliveredRecords() <= state.appendedRecords(), state.toString());
            looks++;
            Thread.onSpinWait();
        }
        return looks;
    }

    private static long read(Journal journal, AtomicBoolean done) {
        long blocks = 0;
        try (JournalReader reader = journal.reader(Lane.HISTORY)) {
            while (!done.get()) {
                Optional<Block> block = reader.from(1);
                while (block.isPresent() && !done.get()) {
                    assertEquals(RECORDS, BlockCodec.decode(block.get()).size());
                    blocks++;
                    block = reader.from(block.get().lastSequence() + 1);
                }
            }
        }
        return blocks;
    }

    private Journal open(long historyBytes, Duration keep) {
        return Journal.open(
                new JournalOptions(
                        "gw-01",
                        directory.toString(),
                        1_000_000,
                        historyBytes,
                        keep,
                        100_000,
                        100_000),
                Samples.START);
    }
}
