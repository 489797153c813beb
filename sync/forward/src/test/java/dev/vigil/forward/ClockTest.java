package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wrong clocks: records get their right times when these become known, and nothing else changes.
 */
class ClockTest {
    private static final UUID BOOT = new UUID(1, 2);
    private static final Instant UNSET = Instant.parse("1970-01-01T00:10:00Z");
    private static final Instant RIGHT = Instant.parse("2026-11-23T09:00:00.123456789Z");

    @TempDir private Path directory;
    private UUID boot = BOOT;
    private Duration steady = Duration.ofMinutes(10);
    private Instant wall = UNSET;
    private ClockQuality quality = ClockQuality.NONE;

    @Test
    void aBlockKeepsItsClocksOnDiskAndOnTheWire() {
        try (Journal journal = open()) {
            Block block = append(journal, "before");
            journal.sync();
            Block read = journal.next(Lane.HISTORY, 0).orElseThrow();
            var expected = new ClockReading(BOOT, steady, UNSET, ClockQuality.NONE);
            assertEquals(expected, block.clock());
            assertEquals(expected, read.clock());
            Map<String, String> headers = BlockHeaders.of(read, false);
            assertEquals("none", headers.get("vigil_tq"));
            assertEquals(expected, arrived(headers, read).clock());
            headers.put("vigil_boot", "who knows");
            assertEquals(null, arrived(headers, read).clock());
        }
    }

    @Test
    void recordsOfABootAreRedatedWhenItsClockBecomesGood() {
        try (Journal journal = open()) {
            append(journal, "before");
            pass(Duration.ofSeconds(30));
            becomeRight();
            append(journal, "after");
            journal.sync();
            Block before = journal.next(Lane.HISTORY, 0).orElseThrow();
            assertEquals(ClockQuality.NTP, quality(before));
            assertNear(RIGHT.minusSeconds(30), before.lastAt());
            assertNear(RIGHT.minusSeconds(30), BlockCodec.decode(before).getFirst().at());
            assertEquals("before", BlockCodec.decode(before).getFirst().text());
            assertEquals(RIGHT, journal.next(Lane.HISTORY, 1).orElseThrow().lastAt());
        }
    }

    @Test
    void anAlarmLaneRecordTellsFromWhenTheClockIsGood() {
        try (Journal journal = open()) {
            append(journal, "before");
            becomeRight();
            append(journal, "after");
            append(journal, "and after");
            journal.sync();
            SenmlRecord told =
                    BlockCodec.decode(journal.next(Lane.ALARM, 0).orElseThrow()).getFirst();
            assertEquals("clock/" + BOOT, told.name());
            assertEquals(
                    "{\"boot\":\"%s\",\"quality\":\"ntp\",\"before\":\"none\",\"steadyNanos\":600000000000,\"wall\":\"%s\"}"
                            .formatted(BOOT, RIGHT),
                    told.text());
            assertEquals(2, journal.nextSequence(Lane.ALARM), "told once");
        }
    }

    @Test
    void aRestartForgetsNeitherTheOldBootNorItsTime() {
        try (Journal journal = open()) {
            append(journal, "before");
            pass(Duration.ofSeconds(30));
            becomeRight();
            append(journal, "after");
            journal.sync();
        }
        boot = new UUID(3, 4);
        steady = Duration.ofSeconds(5);
        wall = UNSET;
        quality = ClockQuality.NONE;
        try (Journal journal = open()) {
            append(journal, "of a boot without any time");
            journal.sync();
            assertNear(
                    RIGHT.minusSeconds(30), journal.next(Lane.HISTORY, 0).orElseThrow().lastAt());
            Block last = journal.next(Lane.HISTORY, 2).orElseThrow();
            assertEquals(ClockQuality.NONE, quality(last));
            assertEquals(UNSET, last.lastAt());
        }
    }

    @Test
    void recordsDatedJustBeforeAStepAreMovedWithIt() {
        try (Journal journal = open()) {
            append(journal, "before");
            SenmlRecord waiting = SenmlRecord.text("note", "in hand", wall);
            pass(Duration.ofSeconds(1));
            becomeRight();
            Block block =
                    journal.append(
                            Lane.HISTORY,
                            List.of(waiting, SenmlRecord.text("note", "fresh", wall)),
                            wall);
            assertNear(RIGHT.minusSeconds(1), block.firstAt());
            assertEquals(RIGHT, block.lastAt());
        }
    }

    @Test
    void localHistoryExpiresBySteadyTimeWhateverTheWallClockDoes() {
        try (Journal journal = open()) {
            for (int i = 0; i < 40; i++) {
                pass(Duration.ofSeconds(1));
                wall = i % 2 == 0 ? RIGHT.plus(Duration.ofDays(3650)) : UNSET;
                Block block = append(journal, Integer.toString(i).repeat(9_000));
                journal.sync();
                journal.acknowledge(Lane.HISTORY, block.lastSequence());
            }
            int volumes = journal.state(Lane.HISTORY).volumes();
            assertTrue(volumes > 2, "volumes: " + volumes);
            pass(Duration.ofHours(2));
            append(journal, "much later");
            journal.sync();
            assertTrue(journal.state(Lane.HISTORY).volumes() <= 2);
            assertEquals(0, journal.state(Lane.HISTORY).droppedRecords());
        }
    }

    @Test
    void aBlockWithoutClocksReadsAsEver() {
        var block =
                new Block(
                        new StreamId("gw-01", "0123456789abcdef", Lane.ALARM),
                        7,
                        1,
                        UNSET,
                        UNSET,
                        BlockCodec.CODEC,
                        new byte[] {1, 2, 3});
        byte[] stored = StoredBlock.wrap(block);
        Block read = StoredBlock.unwrap(block.stream(), stored, 0, stored.length).orElseThrow();
        assertEquals(null, read.clock());
        assertEquals("unknown", BlockHeaders.of(read, false).get("vigil_tq"));
    }

    @Test
    void aSlowDiskIsNoStepAndASensorsOwnTimeIsNotShiftedByOne() {
        wall = RIGHT;
        quality = ClockQuality.NTP;
        try (Journal journal = open()) {
            append(journal, "before");
            Instant turn = wall;
            pass(Duration.ofSeconds(30)); // the disk took so long since the turn began
            journal.append(Lane.HISTORY, List.of(SenmlRecord.text("slow", "slow", turn)), turn);
            Instant anHourAgo = wall.minus(Duration.ofHours(1));
            wall = wall.minusSeconds(20); // and now a real step
            journal.append(
                    Lane.HISTORY,
                    List.of(
                            SenmlRecord.text("sensor", "sensor", anHourAgo),
                            SenmlRecord.text("own", "own", wall.plusSeconds(20))),
                    wall);
            journal.sync();

            Block slow = journal.next(Lane.HISTORY, 1).orElseThrow();
            List<SenmlRecord> stepped =
                    BlockCodec.decode(journal.next(Lane.HISTORY, 2).orElseThrow());
            assertNear(turn, slow.lastAt());
            assertNear(anHourAgo, stepped.getFirst().at());
            assertNear(wall, stepped.getLast().at());
        }
    }

    private Block append(Journal journal, String text) {
        return journal.append(Lane.HISTORY, List.of(SenmlRecord.text("note", text, wall)), wall);
    }

    private void pass(Duration time) {
        steady = steady.plus(time);
        wall = wall.plus(time);
    }

    private void becomeRight() {
        wall = RIGHT;
        quality = ClockQuality.NTP;
    }

    private static ClockQuality quality(Block block) {
        return Optional.ofNullable(block.clock()).orElseThrow().quality();
    }

    private static Block arrived(Map<String, String> headers, Block block) {
        return BlockHeaders.block(
                name -> {
                    String value = headers.get(name);
                    return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
                },
                block.body());
    }

    /** To a millisecond. */
    private static void assertNear(Instant expected, Instant actual) {
        assertTrue(
                Duration.between(expected, actual).abs().toMillis() <= 1,
                () -> expected + " and not " + actual);
    }

    private Journal open() {
        return Journal.open(
                new JournalOptions(
                        "gw-01",
                        directory.toString(),
                        1_000_000,
                        4_000_000,
                        Duration.ofHours(1),
                        100_000,
                        100_000),
                wall,
                () -> new ClockReading(boot, steady, wall, quality));
    }
}
