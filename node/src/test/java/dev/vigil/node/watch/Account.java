package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps account of one node's records by sequence, as the centre does: what came, and what the node
 * says it gave up. Owned by the test's thread.
 */
final class Account {
    private static final Pattern LOSS =
            Pattern.compile(
                    "\\{\"stream\":\"[^\"]+/(\\w+)\",\"from\":(\\d+),\"through\":(\\d+),\"reason\":\"([^:\"]+).*");

    /** Numbers that no record had. */
    private static final String UNUSED = "unused";

    private final String counter;
    private final Map<Lane, NavigableMap<Long, SenmlRecord>> records = new EnumMap<>(Lane.class);
    private final Map<Lane, NavigableMap<Long, Loss>> losses = new EnumMap<>(Lane.class);

    /** Sequence in HISTORY of each reading of the counter. */
    private final NavigableMap<Long, Long> readings = new TreeMap<>();

    private record Loss(long through, String reason) {}

    /**
     * An empty one.
     *
     * @param counter name of the sensor whose every reading has a number of its own, in order
     */
    Account(String counter) {
        this.counter = counter;
        for (Lane lane : Lane.values()) {
            records.put(lane, new TreeMap<>());
            losses.put(lane, new TreeMap<>());
        }
    }

    /** A copy, to go on with what is not at the centre yet. */
    Account copy() {
        var copy = new Account(counter);
        for (Lane lane : Lane.values()) {
            copy.records(lane).putAll(records(lane));
            copy.losses(lane).putAll(losses(lane));
        }
        copy.readings.putAll(readings);
        return copy;
    }

    /** One sequence is one record, however often it comes. */
    void take(Block block) {
        Lane lane = block.stream().lane();
        long sequence = block.firstSequence();
        for (SenmlRecord record : BlockCodec.decode(block)) {
            SenmlRecord before = records(lane).putIfAbsent(sequence, record);
            if (before != null) {
                assertEquals(before, record, "two records under " + lane + "/" + sequence);
            } else {
                note(lane, sequence, record);
            }
            sequence++;
        }
    }

    private void note(Lane lane, long sequence, SenmlRecord record) {
        if (record.name().equals(counter)) {
            Long before = readings.putIfAbsent((long) record.value(), sequence);
            assertNull(before, () -> "a reading has two numbers: " + before + ", " + sequence);
        }
        if (lane == Lane.ALARM && record.name().startsWith("loss/")) {
            Matcher loss = LOSS.matcher(String.valueOf(record.text()));
            assertTrue(loss.matches(), () -> "not a loss record: " + record);
            losses(loss.group(1).equals("alarm") ? Lane.ALARM : Lane.HISTORY)
                    .merge(
                            Long.parseLong(loss.group(2)),
                            new Loss(Long.parseLong(loss.group(3)), loss.group(4)),
                            (one, other) -> one.through() > other.through() ? one : other);
        }
    }

    /** Every sequence up to this one is a record's or is reported lost, and none is skipped. */
    void assertComplete(Lane lane, long through) {
        long sequence = 1;
        while (sequence <= through) {
            long at = sequence;
            if (records(lane).containsKey(at)) {
                sequence++;
                continue;
            }
            Loss loss = lossAt(lane, at);
            assertNotNull(loss, () -> lane + "/" + at + " never came and is not reported lost");
            sequence = loss.through() + 1;
        }
        losses(lane).forEach((from, loss) -> assertTruthful(lane, from, loss));
    }

    /** What is called unused had no record; and nothing damages a file here that was synced. */
    private void assertTruthful(Lane lane, long from, Loss loss) {
        assertTrue(
                loss.reason().equals(UNUSED)
                        || loss.reason().equals("space")
                        || loss.reason().equals("files are missing"),
                () -> "lost without a reason: %s %d to %s".formatted(lane, from, loss));
        if (loss.reason().equals(UNUSED)) {
            assertEquals(
                    Map.of(),
                    records(lane).subMap(from, true, loss.through(), true),
                    "records under numbers that were called unused");
        }
    }

    /** What was acknowledged and is not here lies where the node says that it gave something up. */
    void assertHas(NavigableSet<Long> acknowledged) {
        var missing = new TreeSet<>(acknowledged);
        missing.removeAll(readings.keySet());
        while (!missing.isEmpty()) {
            long first = missing.first();
            var before = readings.lowerEntry(first);
            var after = readings.higherEntry(first);
            NavigableSet<Long> run =
                    after == null ? missing : missing.headSet(after.getKey(), false);
            long lost =
                    givenUp(
                            before == null ? 1 : before.getValue() + 1,
                            after == null ? Long.MAX_VALUE : after.getValue());
            assertTrue(
                    run.size() <= lost,
                    () ->
                            "%d readings from %d on were acknowledged and are gone; given up there: %d"
                                    .formatted(run.size(), first, lost));
            run.clear();
        }
    }

    long givenUp(Lane lane) {
        return losses(lane).entrySet().stream()
                .filter(loss -> !loss.getValue().reason().equals(UNUSED))
                .mapToLong(loss -> loss.getValue().through() - loss.getKey() + 1)
                .sum();
    }

    /** Numbers of HISTORY in a range that are neither a record's nor unused. */
    private long givenUp(long from, long to) {
        long lost = 0;
        for (var loss : losses(Lane.HISTORY).headMap(to, false).entrySet()) {
            if (!loss.getValue().reason().equals(UNUSED)) {
                long start = Math.max(from, loss.getKey());
                long end = Math.min(to - 1, loss.getValue().through());
                lost += Math.max(0, end - start + 1);
            }
        }
        return lost;
    }

    private @Nullable Loss lossAt(Lane lane, long sequence) {
        for (Loss loss : losses(lane).headMap(sequence, true).values()) {
            if (loss.through() >= sequence) {
                return loss;
            }
        }
        return null;
    }

    private NavigableMap<Long, SenmlRecord> records(Lane lane) {
        return Objects.requireNonNull(records.get(lane));
    }

    private NavigableMap<Long, Loss> losses(Lane lane) {
        return Objects.requireNonNull(losses.get(lane));
    }
}
