package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * HISTORY without room: first it becomes coarser, the oldest first; every sequence is accounted.
 */
class ThinningTest {
    private static final int RECORDS = 240;
    private static final Pattern LOSS =
            Pattern.compile("\"from\":(\\d+),\"through\":(\\d+),\"reason\":\"(\\w+)[: ](.*)\"");

    private final Random random = new Random(1);
    private final SimulatedDisk disk = new SimulatedDisk(random);

    /** What was appended, by sequence less one. */
    private final List<SenmlRecord> appended = new ArrayList<>();

    private Instant now = Samples.START;

    private record Told(long from, long through, String kind) {}

    @AfterEach
    void removeDisk() {
        disk.close();
    }

    static IntStream moments() {
        return IntStream.range(0, 12).map(i -> 1 + 5 * i);
    }

    @Test
    void readingsBecomeTheirMinutesFigures() {
        long budget = budgetAfter(150);
        try (Journal journal = open(budget)) {
            later(journal);
            tidy(journal);
            assertTrue(thinned(journal) > 1_000, "nothing was thinned");
            assertEquals(0, journal.state(Lane.HISTORY).droppedRecords());
            assertEquals(thinned(journal), journal.state(Lane.HISTORY).thinnedRecords());
            assertAccounted(journal);
        }
        try (Journal journal = open(budget)) {
            assertAccounted(journal);
            List<Told> told = losses(journal);
            assertEquals(told.size(), told.stream().distinct().count(), "told twice: " + told);
        }
    }

    @Test
    void theOldestIsThinnedFirstAndOnlyAsMuchAsNeedBe() {
        long budget = budgetAfter(150);
        try (Journal journal = open(budget)) {
            later(journal);
            tidy(journal);
            long last = losses(journal).stream().mapToLong(Told::through).max().orElseThrow();
            assertTrue(last < appended.size() * 3L / 4, last + " of " + appended.size());
            assertTrue(journal.state(Lane.HISTORY).bytesOnDisk() <= budget * 3 / 4);
            assertTrue(losses(journal).getFirst().from() < RECORDS, "not from the start");
        }
    }

    @Test
    void whatLiesAroundAnIncidentStaysWhole() {
        var incident = new ArrayList<Instant>();
        long budget =
                budgetAfter(
                        150,
                        (journal, block) -> {
                            if (block == 20 || block == 25) {
                                incident.add(now);
                                alarm(journal, "alarm/fire-1");
                            }
                        });
        try (Journal journal = open(budget)) {
            later(journal);
            tidy(journal);
            assertTrue(thinned(journal) > 1_000, "nothing was thinned");
            Instant from = incident.getFirst().minus(JournalOptions.AROUND_ALARMS.around());
            Instant through = incident.getLast().plus(JournalOptions.AROUND_ALARMS.around());
            boolean after = false;
            for (Told told : losses(journal)) {
                for (long at = told.from(); at <= told.through(); at++) {
                    Instant time = appended.get((int) at - 1).at();
                    assertTrue(time.isBefore(from) || time.isAfter(through), "thinned at " + time);
                    after |= time.isAfter(through);
                }
            }
            assertTrue(after, "thinning did not get beyond the incident");
            assertAccounted(journal);
        }
    }

    @Test
    void whatAnUplinkMayHaveIsNotThinned() {
        long budget = budgetAfter(150);
        try (Journal journal = open(budget)) {
            Block sent = journal.next(Lane.HISTORY, 0).orElseThrow();
            later(journal);
            tidy(journal);
            assertTrue(thinned(journal) > 1_000, "nothing was thinned");
            assertTrue(losses(journal).getFirst().from() > sent.lastSequence());
        }
        try (Journal journal = open(budget)) {
            later(journal);
            tidy(journal);
            assertEquals(
                    appended.subList(0, RECORDS),
                    BlockCodec.decode(journal.next(Lane.HISTORY, 0).orElseThrow()));
        }
    }

    @Test
    void whatAnUplinkComesToWhileItIsThinnedStaysAsItIs() {
        long budget = budgetAfter(150);
        try (Journal journal = open(budget)) {
            later(journal);
            awaitThinning(journal);
            var _ = journal.next(Lane.HISTORY, 0).orElseThrow();
            tidy(journal);
            assertTrue(thinned(journal) > 1_000, "nothing was thinned");
            assertEquals(
                    appended.subList(0, RECORDS),
                    BlockCodec.decode(journal.next(Lane.HISTORY, 0).orElseThrow()));
            assertAccounted(journal);
        }
    }

    @Test
    void whatIsThinnedAlreadyIsGivenUpWhenThatIsNotEnough() {
        try (Journal journal = open(262_144)) {
            for (int i = 0; i < 120; i++) {
                fill(journal, 4);
                tidy(journal);
            }
            assertTrue(journal.state(Lane.HISTORY).droppedRecords() > 0, "nothing was given up");
            assertTrue(thinned(journal) > 0, "nothing was thinned");
            assertTrue(journal.state(Lane.HISTORY).bytesOnDisk() <= 262_144 + 70_000);
            long first = firsts(journal).firstKey();
            for (Told told : losses(journal)) {
                assertTrue(
                        told.kind().equals("thinned") || told.through() < first, told.toString());
            }
            assertAccounted(journal);
        }
    }

    @Test
    void aDamagedVolumeIsSalvagedAndThoseAfterItAreThinned() {
        long budget = budgetAfter(150);
        try (Journal journal = open(budget)) {
            later(journal);
            damageFirstBlock(disk.content("history/" + oldest()));
            tidy(journal);
            assertEquals(
                    List.of(new Told(1, RECORDS, "damage")), ofKind(losses(journal), "damage"));
            assertTrue(thinned(journal) > 1_000, "nothing was thinned");
            assertAccounted(journal);
        }
    }

    @Test
    void aVolumeThatIsGoneIsALossAndThoseAfterItAreThinned() {
        long budget = budgetAfter(150);
        try (Journal journal = open(budget)) {
            later(journal);
            disk.room().delete("history/" + oldest());
            tidy(journal);
            assertEquals(1, ofKind(losses(journal), "damage").size());
            assertTrue(thinned(journal) > 1_000, "nothing was thinned");
            assertAccounted(journal);
        }
    }

    /** A thinning that a crash cut off has not happened, or has and is told; never both or none. */
    @ParameterizedTest
    @MethodSource("moments")
    void aCrashInTheMiddleLosesNothing(int operation) {
        long budget = budgetAfter(80);
        Journal journal = open(budget);
        later(journal);
        awaitThinning(journal);
        disk.crashAfter(operation);
        try {
            tidy(journal);
            journal.sync();
        } catch (JournalFault e) {
            assertTrue(disk.hasCrashed(), e.toString());
        }
        journal.close();
        if (!disk.hasCrashed()) {
            disk.crash();
        }
        disk.restart();
        try (Journal again = open(budget)) {
            assertAccounted(again);
            later(again);
            tidy(again);
            assertAccounted(again);
        }
    }

    /** Something that happens before a block. */
    @FunctionalInterface
    private interface Meanwhile {
        void before(Journal journal, int block);
    }

    private long budgetAfter(int blocks) {
        return budgetAfter(blocks, (_, _) -> {});
    }

    /** A budget that so many blocks, compacted, use to seven eighths. */
    private long budgetAfter(int blocks, Meanwhile meanwhile) {
        try (Journal journal = open(50_000_000)) {
            for (int i = 0; i < blocks; i++) {
                meanwhile.before(journal, i);
                fill(journal, 1);
            }
            tidy(journal);
            return journal.state(Lane.HISTORY).bytesOnDisk() * 8 / 7;
        }
    }

    /** What is sealed is old enough to be thinned. */
    private void later(Journal journal) {
        now = now.plus(Duration.ofMinutes(30));
        fill(journal, 1);
    }

    private void assertAccounted(Journal journal) {
        journal.sync();
        var accounted = new TreeMap<Long, Long>();
        var blocks = firsts(journal);
        blocks.forEach((first, block) -> accounted.put(first, block.lastSequence()));
        List<Told> told = losses(journal);
        for (Told loss : told) {
            if (loss.kind().equals("thinned") && blocks.lowerKey(loss.from()) != null) {
                figures(blocks.lowerEntry(loss.from()).getValue(), loss);
            }
            accounted.put(loss.from(), loss.through());
        }
        long expected = 1;
        for (var range : accounted.entrySet()) {
            assertTrue(range.getKey() <= expected, "a gap from " + expected + ": " + told);
            expected = Math.max(expected, range.getValue() + 1);
        }
        assertEquals(appended.size() + 1L, expected);
        for (Block block : blocks.values()) {
            boolean isFigures =
                    told.stream().anyMatch(loss -> loss.from() == block.lastSequence() + 1);
            if (!isFigures) {
                assertEquals(
                        appended.subList(
                                (int) block.firstSequence() - 1, (int) block.lastSequence()),
                        BlockCodec.decode(block));
            }
        }
    }

    /** Computed anew from what was appended. */
    private void figures(Block block, Told loss) {
        if (block.lastSequence() + 1 != loss.from()) {
            return; // given up since
        }
        var expected = new TreeMap<String, DoubleSummaryStatistics>();
        for (SenmlRecord record :
                appended.subList((int) block.firstSequence() - 1, (int) loss.through())) {
            String minute = record.at().truncatedTo(ChronoUnit.MINUTES).toString();
            expected.computeIfAbsent(
                            record.name() + " " + minute, _ -> new DoubleSummaryStatistics())
                    .accept(record.value());
        }
        List<SenmlRecord> records = BlockCodec.decode(block);
        assertEquals(4 * expected.size(), records.size());
        for (SenmlRecord record : records) {
            int slash = record.name().lastIndexOf('/');
            DoubleSummaryStatistics all =
                    Optional.ofNullable(
                                    expected.get(
                                            record.name().substring(0, slash) + " " + record.at()))
                            .orElseThrow();
            double value =
                    switch (record.name().substring(slash + 1)) {
                        case "min" -> all.getMin();
                        case "mean" -> all.getAverage();
                        case "max" -> all.getMax();
                        default -> (double) all.getCount();
                    };
            assertEquals(value, record.value(), 1e-9, record.toString());
        }
    }

    private static NavigableMap<Long, Block> firsts(Journal journal) {
        var blocks = new TreeMap<Long, Block>();
        try (JournalReader reader = journal.reader(Lane.HISTORY)) {
            Optional<Block> block = reader.from(1);
            while (block.isPresent()) {
                blocks.put(block.get().firstSequence(), block.get());
                block = reader.from(block.get().lastSequence() + 1);
            }
        }
        return blocks;
    }

    private static List<Told> losses(Journal journal) {
        var told = new ArrayList<Told>();
        try (JournalReader reader = journal.reader(Lane.ALARM)) {
            Optional<Block> block = reader.from(1);
            while (block.isPresent()) {
                for (SenmlRecord record : BlockCodec.decode(block.get())) {
                    Matcher loss = LOSS.matcher(String.valueOf(record.text()));
                    if (record.name().equals("loss/history") && loss.find()) {
                        told.add(
                                new Told(
                                        Long.parseLong(loss.group(1)),
                                        Long.parseLong(loss.group(2)),
                                        loss.group(3)));
                    }
                }
                block = reader.from(block.get().lastSequence() + 1);
            }
        }
        told.sort((a, b) -> Long.compare(a.from(), b.from()));
        return told;
    }

    private static List<Told> ofKind(List<Told> told, String kind) {
        return told.stream().filter(loss -> loss.kind().equals(kind)).toList();
    }

    /** The file whose volume is thinned first. */
    private String oldest() {
        return disk.files("history").stream()
                .filter(file -> file.endsWith(".compact" + Volume.H2_SUFFIX))
                .sorted()
                .findFirst()
                .orElseThrow();
    }

    /** In its body, wherever the file has a copy of it. */
    private static void damageFirstBlock(byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        for (int at = 0; at < content.length - 200; at++) {
            if (bytes.getLong(at) == StoredBlock.MAGIC && bytes.getLong(at + 16) == 1) {
                content[at + 100] ^= 1;
            }
        }
    }

    private static long thinned(Journal journal) {
        return losses(journal).stream()
                .filter(told -> told.kind().equals("thinned"))
                .mapToLong(told -> told.through() - told.from() + 1)
                .sum();
    }

    /** Until a volume is in hand. */
    private void awaitThinning(Journal journal) {
        while (disk.files("history").stream().noneMatch(f -> f.startsWith("thinning"))) {
            assertTrue(journal.tidy(), "no thinning began");
        }
    }

    private void tidy(Journal journal) {
        for (int i = 0; i < 5_000 && journal.tidy(); i++) {
            // until there is nothing to do
        }
        journal.sync();
    }

    private void fill(Journal journal, int blocks) {
        for (int i = 0; i < blocks; i++) {
            journal.append(Lane.HISTORY, readings(), now);
            journal.sync();
        }
    }

    private void alarm(Journal journal, String name) {
        journal.append(Lane.ALARM, List.of(SenmlRecord.text(name, "{}", now)), now);
        journal.sync();
    }

    /** One minute of four sensors, one reading a second each. */
    private List<SenmlRecord> readings() {
        var records = new ArrayList<SenmlRecord>(RECORDS);
        for (int i = 0; i < RECORDS; i++) {
            records.add(
                    SenmlRecord.number(
                            "hall/sensor-" + i % 4,
                            "Cel",
                            random.nextInt(10_000) / 100.0,
                            null,
                            now.plusSeconds(i / 4)));
        }
        now = now.plusSeconds(60);
        appended.addAll(records);
        return records;
    }

    private Journal open(long historyBytes) {
        return Journal.open(
                new JournalOptions(
                        "gw-01",
                        disk.directory(),
                        10_000_000,
                        historyBytes,
                        Duration.ofDays(1),
                        65_536,
                        65_536),
                now);
    }
}
