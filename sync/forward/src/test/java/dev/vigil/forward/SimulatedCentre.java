package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ledger in a simulation: keeps the first of every sequence and reads the loss records. Owned
 * by the test's thread.
 */
final class SimulatedCentre {
    private static final Pattern LOSS =
            Pattern.compile("\"from\":(\\d+),\"through\":(\\d+),\"reason\":\"([a-z ]+)");

    /** Sequences that no record comes for. */
    record Told(Lane lane, long from, long through, String reason) {
        boolean covers(Lane of, long sequence) {
            return lane == of && from <= sequence && sequence <= through;
        }
    }

    private final String where;
    private final Map<Lane, NavigableMap<Long, SenmlRecord>> records = new EnumMap<>(Lane.class);
    private final List<Told> told = new ArrayList<>();
    private boolean strict = true;
    private @Nullable StreamId stream;
    private long copies;

    SimulatedCentre(String where) {
        this.where = where;
        for (Lane lane : Lane.values()) {
            records.put(lane, new TreeMap<>());
        }
    }

    /** A disk that took no notes may thin what it had sent: figures come for what is known. */
    void allowFiguresForWhatIsKnown() {
        strict = false;
    }

    void arrived(Block block) {
        Lane lane = block.stream().lane();
        StreamId first = stream;
        if (first == null) {
            stream = block.stream();
        } else {
            assertEquals(first.incarnation(), block.stream().incarnation(), where);
        }
        long sequence = block.firstSequence();
        for (SenmlRecord record : BlockCodec.decode(block)) {
            SenmlRecord known = of(lane).putIfAbsent(sequence, record);
            if (known != null) {
                copies++;
                if (strict || !isFigure(record)) {
                    assertEquals(known.name(), record.name(), where + " " + lane + sequence);
                    assertEquals(known.value(), record.value(), where + " " + lane + sequence);
                    assertEquals(known.text(), record.text(), where + " " + lane + sequence);
                }
            } else {
                takeLoss(record);
            }
            sequence++;
        }
    }

    private static boolean isFigure(SenmlRecord record) {
        return record.name().matches(".*/(min|mean|max|count)");
    }

    private void takeLoss(SenmlRecord record) {
        for (Lane lane : Lane.values()) {
            if (record.name().equals("loss/" + lane.word())) {
                Matcher loss = LOSS.matcher(String.valueOf(record.text()));
                assertTrue(loss.find(), () -> where + ": not a loss record: " + record);
                told.add(
                        new Told(
                                lane,
                                Long.parseLong(loss.group(1)),
                                Long.parseLong(loss.group(2)),
                                loss.group(3)));
            }
        }
    }

    boolean has(Lane lane, long sequence, double value) {
        SenmlRecord record = of(lane).get(sequence);
        return record != null && record.value() == value;
    }

    List<Told> told() {
        return told;
    }

    /** Why the record of a sequence did not come; empty when nobody said. */
    String reason(Lane lane, long sequence) {
        SenmlRecord instead = of(lane).get(sequence);
        if (instead != null && isFigure(instead)) {
            return "thinned";
        }
        return told.stream()
                .filter(t -> t.covers(lane, sequence))
                .map(Told::reason)
                .reduce("", (a, b) -> a + " " + b)
                .strip();
    }

    /** Every sequence up to the last is here or told. */
    void assertNoGap(Lane lane, long last) {
        var ranges = new TreeMap<Long, Long>();
        of(lane).keySet().forEach(sequence -> ranges.put(sequence, sequence));
        told.stream()
                .filter(t -> t.lane() == lane)
                .forEach(t -> ranges.merge(t.from(), t.through(), Math::max));
        long expected = 1;
        for (var range : ranges.entrySet()) {
            long gap = expected;
            assertTrue(
                    range.getKey() <= expected,
                    () ->
                            "%s: nobody said what became of %s %d to %d"
                                    .formatted(where, lane, gap, range.getKey() - 1));
            expected = Math.max(expected, range.getValue() + 1);
        }
        assertEquals(last + 1, expected, where + ": the end of " + lane);
    }

    long copies() {
        return copies;
    }

    private NavigableMap<Long, SenmlRecord> of(Lane lane) {
        return Objects.requireNonNull(records.get(lane));
    }
}
