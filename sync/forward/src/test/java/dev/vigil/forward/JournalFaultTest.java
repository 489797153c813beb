package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that fail and files that are damaged: nothing acknowledged is lost in silence. */
class JournalFaultTest {
    private static final Instant NOW = Samples.START;
    private static final List<String> IDENTITIES =
            List.of("journal.id", "alarm/journal.id", "history/journal.id");

    private final Random random = new Random(1);
    private final SimulatedDisk disk = new SimulatedDisk(random);

    @AfterEach
    void removeDisk() {
        disk.close();
    }

    static IntStream operations() {
        return IntStream.range(0, 24);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void goesOnWithoutAGapAfterAnErrorOfTheDiskAtAnyMoment(int operation) {
        try (Journal journal = open()) {
            disk.failAfter(operation);
            boolean durable = false;
            try {
                append(journal, Lane.HISTORY, 3);
                journal.sync();
                durable = true;
            } catch (JournalFault e) {
                assertEquals(Set.of(Lane.HISTORY), e.lanes());
                assertEquals(Optional.empty(), journal.next(Lane.HISTORY, 0));
            }
            disk.failAfter(-1);
            if (!durable) {
                assertEquals(1, append(journal, Lane.HISTORY, 3).firstSequence());
            }
            append(journal, Lane.HISTORY, 4);
            journal.sync();
            assertEquals(List.of(1L, 4L), firsts(journal, Lane.HISTORY));
        }
        try (Journal journal = open()) {
            assertEquals(List.of(1L, 4L), firsts(journal, Lane.HISTORY));
            assertEquals(8, journal.nextSequence(Lane.HISTORY));
        }
    }

    @Test
    void aFullDiskIsAFaultUntilThereIsSpaceAgain() {
        try (Journal journal = open()) {
            fill(journal, 5);
            disk.capacity(disk.used() + 1_000);
            var fault = assertThrows(JournalFault.class, () -> fill(journal, 50));
            assertTrue(fault.toString().contains("No space left on device"), fault.toString());
            long durable = journal.state(Lane.HISTORY).appendedRecords();
            assertThrows(JournalFault.class, () -> fill(journal, 1));
            assertEquals(durable + 1, journal.nextSequence(Lane.HISTORY));

            disk.capacity(Long.MAX_VALUE);
            fill(journal, 5);
            assertEquals(durable + 250, journal.state(Lane.HISTORY).appendedRecords());
            assertEquals((durable + 250) / 50, firsts(journal, Lane.HISTORY).size());
        }
    }

    @Test
    void anAlarmTakesTheRoomOfHistoryWhenTheDiskIsFull() {
        try (Journal journal = open()) {
            fill(journal, 60);
            disk.capacity(disk.used() + 1_000);
            assertThrows(JournalFault.class, () -> alarm(journal));
            alarm(journal);
            journal.sync();
            assertEquals(1, journal.next(Lane.ALARM, 0).orElseThrow().firstSequence());
            long first = journal.next(Lane.HISTORY, 0).orElseThrow().firstSequence();
            assertTrue(first > 1);
            assertEquals(List.of("1-" + (first - 1)), losses(journal));
        }
    }

    @Test
    void aReadOnlyDirectoryIsAFaultThatNamesIt() {
        disk.readOnly(true);
        var fault = assertThrows(JournalFault.class, this::open);
        assertTrue(fault.toString().contains(disk.directory()), fault.toString());
        assertTrue(fault.toString().contains("Read-only file system"), fault.toString());
    }

    @Test
    void aFailedSyncVoidsWhatWasNotDurableAndNothingElse() {
        try (Journal journal = open()) {
            fill(journal, 2);
            append(journal, Lane.ALARM, 1);
            append(journal, Lane.HISTORY, 50);
            disk.failingSyncs(true);
            var fault = assertThrows(JournalFault.class, journal::sync);
            assertEquals(Set.of(Lane.ALARM, Lane.HISTORY), fault.lanes());
            disk.failingSyncs(false);
            assertEquals(1, append(journal, Lane.ALARM, 1).firstSequence());
            assertEquals(101, append(journal, Lane.HISTORY, 7).firstSequence());
            journal.sync();
        }
        disk.crash();
        disk.restart();
        try (Journal journal = open()) {
            assertEquals(List.of(1L, 51L, 101L), firsts(journal, Lane.HISTORY));
            assertEquals(108, journal.nextSequence(Lane.HISTORY));
            assertEquals(List.of(1L), firsts(journal, Lane.ALARM));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void flippedBytesLoseOnlyTheBlocksTheyHitAndEachLossIsRecorded(long seed) {
        random.setSeed(seed);
        List<String> files;
        try (Journal journal = open()) {
            fill(journal, 60);
            files = volumes();
        }
        assertTrue(files.size() > 3, files.toString());
        for (String file : files) {
            byte[] content = disk.content("history/" + file);
            for (int i = random.nextInt(4); i > 0; i--) {
                int at = random.nextInt(content.length);
                int length = 1 + random.nextInt(seed % 3 == 0 ? 5_000 : 3);
                for (int j = at; j < Math.min(content.length, at + length); j++) {
                    content[j] ^= (byte) (1 + random.nextInt(255));
                }
            }
        }
        try (Journal journal = open()) {
            assertAccountedFor(journal, 60);
        }
        try (Journal journal = open()) {
            assertAccountedFor(journal, 60);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.01, 0.3, 0.9})
    void aTruncatedFileLosesOnlyWhatWasCutOff(double kept) {
        try (Journal journal = open()) {
            fill(journal, 60);
        }
        for (int index : new int[] {1, volumes().size() - 1}) {
            String file = volumes().get(index);
            int length = disk.content("history/" + file).length;
            disk.truncate("history/" + file, (int) (kept * length));
        }
        try (Journal journal = open()) {
            assertAccountedFor(journal, 60);
            assertEquals(
                    2, disk.files("history").stream().filter(f -> f.contains(".damaged-")).count());
        }
    }

    @Test
    void aDestroyedEndOfALaneNeverLeadsToASequenceUsedTwice() {
        try (Journal journal = open()) {
            fill(journal, 10);
        }
        // As after a crash: nothing says that the end was orderly.
        Arrays.fill(disk.content("history/ledger"), (byte) 0);
        String last = volumes().getLast();
        Arrays.fill(disk.content("history/" + last), (byte) 0);
        try (Journal journal = open()) {
            assertTrue(journal.nextSequence(Lane.HISTORY) > 500);
            append(journal, Lane.HISTORY, 50);
            journal.sync();
            assertFalse(losses(journal).isEmpty());
        }
    }

    @Test
    void aMissingFileIsALossAndNotAFailure() {
        try (Journal journal = open()) {
            fill(journal, 60);
        }
        String first = volumes().getFirst();
        String third = volumes().get(2);
        new Disk(disk.directory()).delete("history/" + first);
        new Disk(disk.directory()).delete("history/" + third);
        try (Journal journal = open()) {
            assertAccountedFor(journal, 60);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void oneCopyOfTheIdentityIsEnough(int kept) {
        try (Journal journal = open()) {
            fill(journal, 3);
        }
        for (int i = 0; i < IDENTITIES.size(); i++) {
            if (i != kept) {
                disk.content(IDENTITIES.get(i))[20] ^= 1;
            }
        }
        try (Journal journal = open()) {
            assertEquals(151, journal.nextSequence(Lane.HISTORY));
            assertAccountedFor(journal, 3);
        }
    }

    @Test
    void withoutAnyCopyOfItsIdentityAJournalBeginsAnewAndTheOldFilesAreSetAside() {
        String before;
        try (Journal journal = open()) {
            fill(journal, 60);
            alarm(journal);
            before = journal.stream(Lane.HISTORY).incarnation();
        }
        List<String> old = volumes();
        IDENTITIES.forEach(new Disk(disk.directory())::delete);
        try (Journal journal = open()) {
            assertNotEquals(before, journal.stream(Lane.HISTORY).incarnation());
            fill(journal, 2);
            assertEquals(List.of(1L, 51L), firsts(journal, Lane.HISTORY));
            assertEquals(List.of(), firsts(journal, Lane.ALARM));
        }
        List<String> files = disk.files("history");
        old.forEach(file -> assertTrue(files.contains(file + ".orphaned"), files::toString));
    }

    /** Every record is in a block that decodes, or in a loss record; none is in both. */
    private void assertAccountedFor(Journal journal, int blocks) {
        var accounted = new ArrayList<Long>();
        for (long first : firsts(journal, Lane.HISTORY)) {
            Block block = journal.next(Lane.HISTORY, first - 1).orElseThrow();
            assertEquals(50, BlockCodec.decode(block).size());
            accounted.add(first);
        }
        journal.sync();
        for (String loss : losses(journal)) {
            String[] range = loss.split("-", 2);
            for (long at = Long.parseLong(range[0]); at <= Long.parseLong(range[1]); at += 50) {
                accounted.add(at);
            }
        }
        accounted.sort(Long::compare);
        assertEquals(IntStream.range(0, blocks).mapToObj(i -> 1 + 50L * i).toList(), accounted);
    }

    private static List<Long> firsts(Journal journal, Lane lane) {
        var firsts = new ArrayList<Long>();
        Optional<Block> block = journal.next(lane, 0);
        while (block.isPresent()) {
            firsts.add(block.get().firstSequence());
            block = journal.next(lane, block.get().lastSequence());
        }
        return firsts;
    }

    /** {@code from-through} of each loss record of HISTORY. */
    private static List<String> losses(Journal journal) {
        return firsts(journal, Lane.ALARM).stream()
                .flatMap(
                        first ->
                                BlockCodec.decode(journal.next(Lane.ALARM, first - 1).orElseThrow())
                                        .stream())
                .filter(record -> record.name().equals("loss/history"))
                .map(record -> String.valueOf(record.text()))
                .map(text -> text.replaceAll(".*\"from\":(\\d+),\"through\":(\\d+).*", "$1-$2"))
                .collect(Collectors.toList());
    }

    private List<String> volumes() {
        return disk.files("history").stream().filter(f -> f.endsWith(".mv.db")).toList();
    }

    private void fill(Journal journal, int blocks) {
        for (int i = 0; i < blocks; i++) {
            append(journal, Lane.HISTORY, 50);
            journal.sync();
        }
    }

    private void alarm(Journal journal) {
        append(journal, Lane.ALARM, 1);
        journal.sync();
    }

    private Block append(Journal journal, Lane lane, int records) {
        return journal.append(lane, Samples.readings(random, NOW, records), NOW);
    }

    private Journal open() {
        return Journal.open(
                new JournalOptions(
                        "gw-01",
                        disk.directory(),
                        10_000_000,
                        10_000_000,
                        Duration.ofDays(1),
                        65_536,
                        65_536),
                NOW);
    }
}
