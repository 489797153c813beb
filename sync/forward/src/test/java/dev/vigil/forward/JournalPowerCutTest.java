package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Promise 2: what {@code sync} returned for survives every power cut, wherever it comes. */
class JournalPowerCutTest {
    private static final int SEEDS = Integer.getInteger("vigil.seeds", 40);
    private static final int CUTS = 4;

    /** What a lane must hold: blocks by first sequence, durable ones only. */
    private final Map<Lane, Map<Long, List<SenmlRecord>>> durable = new TreeMap<>();

    private final Map<Lane, List<Block>> appended = new TreeMap<>();

    /** Where numbers were skipped: the first one, and the one after the last. */
    private final Map<Lane, Map<Long, Long>> skipped = new TreeMap<>();

    private Instant now = Samples.START;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void acknowledgedRecordsSurviveEveryPowerCut(long seed) {
        var random = new Random(seed);
        for (Lane lane : Lane.values()) {
            durable.put(lane, new TreeMap<>());
            appended.put(lane, new ArrayList<>());
            skipped.put(lane, new TreeMap<>());
        }
        try (var disk = new SimulatedDisk(random)) {
            for (int cut = 0; cut < CUTS; cut++) {
                disk.crashAfter(random.nextInt(cut == 0 ? 120 : 400));
                run(disk, random);
                if (!disk.hasCrashed()) {
                    disk.crash();
                }
                disk.restart();
                check(disk, "seed " + seed + ", cut " + cut);
            }
        }
    }

    private void run(SimulatedDisk disk, Random random) {
        appended.values().forEach(List::clear);
        Journal journal;
        try {
            journal = Journal.open(options(disk), now);
        } catch (JournalFault e) {
            assertTrue(disk.hasCrashed(), e.toString());
            return;
        }
        try {
            for (int i = 0; i < 150 && !disk.hasCrashed(); i++) {
                step(journal, random);
            }
        } catch (JournalFault e) {
            assertTrue(disk.hasCrashed(), e.toString());
        }
        journal.close();
    }

    private void step(Journal journal, Random random) {
        now = now.plusMillis(random.nextInt(1_000));
        Lane lane = random.nextInt(4) == 0 ? Lane.ALARM : Lane.HISTORY;
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                int count = 1 + random.nextInt(200);
                Block block = journal.append(lane, Samples.readings(random, now, count), now);
                list(lane).add(block);
            }
            case 3, 4, 5 -> {
                journal.sync();
                for (Lane each : Lane.values()) {
                    list(each)
                            .forEach(b -> model(each).put(b.firstSequence(), BlockCodec.decode(b)));
                    list(each).clear();
                }
            }
            case 6 -> {
                Optional<Block> next = journal.next(lane, journal.acknowledged(lane));
                next.ifPresent(block -> journal.acknowledge(lane, block.lastSequence()));
            }
            default -> journal.tidy();
        }
    }

    private void check(SimulatedDisk disk, String where) {
        try (Journal journal = Journal.open(options(disk), now)) {
            journal.sync();
            for (Lane lane : Lane.values()) {
                Map<Long, Long> jumps = skipped.getOrDefault(lane, Map.of());
                Map<Long, List<SenmlRecord>> model = model(lane);
                var found = new TreeMap<Long, List<SenmlRecord>>();
                long expected = 1;
                try (JournalReader reader = journal.reader(lane)) {
                    Optional<Block> block = reader.from(1);
                    while (block.isPresent()) {
                        long first = block.get().firstSequence();
                        expected = jumps.getOrDefault(expected, expected);
                        if (first != expected) {
                            // Of lane ALARM, where the record of the jump itself comes after it.
                            jump(journal, lane, expected, first, where);
                        }
                        expected = block.get().lastSequence() + 1;
                        found.put(first, BlockCodec.decode(block.get()));
                        block = reader.from(expected);
                    }
                }
                expected = jumps.getOrDefault(expected, expected);
                long next = journal.nextSequence(lane);
                if (next != expected) {
                    jump(journal, lane, expected, next, where);
                }
                model.forEach((first, records) -> assertEquals(records, found.get(first), where));
                // What survived without having been promised is part of the lane from now on.
                model.putAll(found);
                assertTrue(journal.acknowledged(lane) < next, where);
                assertEquals(0, journal.state(lane).droppedRecords(), where);
                long damaged =
                        disk.files(lane.word()).stream().filter(f -> f.contains("damaged")).count();
                assertEquals(skipped.getOrDefault(lane, Map.of()).size(), damaged, where);
            }
        }
    }

    /**
     * H2 takes a chunk whose middle was torn for whole and then does not open the file: nothing is
     * lost by it, and numbers that may have been used are skipped, which a record says.
     */
    private void jump(Journal journal, Lane lane, long from, long to, String where) {
        String range = "\"from\":%d,\"through\":%d,\"reason\":\"unused".formatted(from, to - 1);
        try (JournalReader reader = journal.reader(Lane.ALARM)) {
            Optional<Block> block = reader.from(1);
            boolean said = false;
            while (block.isPresent() && !said) {
                said =
                        BlockCodec.decode(block.get()).stream()
                                .anyMatch(
                                        record ->
                                                record.name().equals("loss/" + lane.word())
                                                        && String.valueOf(record.text())
                                                                .contains(range));
                block = reader.from(block.get().lastSequence() + 1);
            }
            assertTrue(said, () -> where + ": nothing says " + range);
        }
        skipped.computeIfAbsent(lane, _ -> new TreeMap<>()).put(from, to);
    }

    private Map<Long, List<SenmlRecord>> model(Lane lane) {
        return durable.getOrDefault(lane, new TreeMap<>());
    }

    private List<Block> list(Lane lane) {
        return appended.getOrDefault(lane, List.of());
    }

    private static JournalOptions options(SimulatedDisk disk) {
        return new JournalOptions(
                "gw-01",
                disk.directory(),
                100_000_000,
                100_000_000,
                Duration.ofDays(1),
                65_536,
                131_072);
    }
}
