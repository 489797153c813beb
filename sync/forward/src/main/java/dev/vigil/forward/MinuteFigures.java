package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What consecutive blocks amount to: for each name, unit, quality and minute the smallest, mean and
 * largest value and how many there were, as four records at the beginning of the minute: {@code
 * <name>/min}, {@code /mean}, {@code /max} in the unit of the readings and {@code /count} in unit
 * {@code count} (RFC 8428, section 12.1). Texts are kept as they are. Owned by one thread.
 */
final class MinuteFigures {
    private static final int GROUPS_MAX = 2_000;
    private static final int TEXTS_MAX = 1_000;
    private static final int TEXT_CHARACTERS_MAX = 300_000;

    /** A clock that moved by more is another one. */
    private static final Duration SAME_CLOCK = Duration.ofSeconds(1);

    private record Group(
            String name, @Nullable String unit, @Nullable String quality, Instant minute) {}

    private static final class Figures {
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;
        private double mean;
        private long count;

        void add(double value) {
            min = Math.min(min, value);
            max = Math.max(max, value);
            count++;
            mean += (value - mean) / count; // no sum that could overflow
        }
    }

    private final Map<Group, Figures> groups = new LinkedHashMap<>();
    private final List<SenmlRecord> texts = new ArrayList<>();
    private final List<VolumeScan.Place> places = new ArrayList<>();
    private int textCharacters;
    private long firstSequence;
    private long lastSequence;
    private @Nullable ClockReading clock;

    boolean isEmpty() {
        return places.isEmpty();
    }

    /** The blocks it stands for. */
    List<VolumeScan.Place> places() {
        return places;
    }

    long lastSequence() {
        return lastSequence;
    }

    /**
     * Takes a block in.
     *
     * @return false when it does not go with those before: another clock, or too much
     */
    boolean add(Block block, VolumeScan.Place place, List<SenmlRecord> records) {
        if (!isEmpty() && !(isFollowed(block) && hasRoomFor(records))) {
            return false;
        }
        if (isEmpty()) {
            firstSequence = block.firstSequence();
            clock = block.clock();
        }
        for (SenmlRecord record : records) {
            String text = record.text();
            if (text == null) {
                groups.computeIfAbsent(group(record), _ -> new Figures()).add(record.value());
            } else {
                texts.add(record);
                textCharacters += text.length();
            }
        }
        places.add(place);
        lastSequence = block.lastSequence();
        return true;
    }

    /** The records; empty when they would be as many as those they stand for, or too many. */
    List<SenmlRecord> records() {
        long count = 4L * groups.size() + texts.size();
        if (count > (lastSequence - firstSequence + 1) / 2
                || groups.size() > GROUPS_MAX
                || texts.size() > TEXTS_MAX
                || textCharacters > TEXT_CHARACTERS_MAX) {
            return List.of();
        }
        var records = new ArrayList<SenmlRecord>((int) count);
        groups.forEach(
                (group, figures) -> {
                    records.add(record(group, "min", group.unit(), figures.min));
                    records.add(record(group, "mean", group.unit(), figures.mean));
                    records.add(record(group, "max", group.unit(), figures.max));
                    records.add(record(group, "count", "count", (double) figures.count));
                });
        records.addAll(texts);
        return records;
    }

    /** They take the first sequences of those they stand for. */
    Block block(StreamId stream, List<SenmlRecord> records, BlockCodec codec) {
        return Block.of(stream, firstSequence, records, codec, clock);
    }

    private boolean isFollowed(Block block) {
        ClockReading mine = clock;
        ClockReading other = block.clock();
        boolean same = mine == null ? other == null : (other != null && isSame(mine, other));
        return same && block.firstSequence() == lastSequence + 1;
    }

    private static boolean isSame(ClockReading one, ClockReading other) {
        Duration apart = Duration.between(one.origin(), other.origin()).abs();
        return one.boot().equals(other.boot())
                && one.quality() == other.quality()
                && apart.compareTo(SAME_CLOCK) <= 0;
    }

    private boolean hasRoomFor(List<SenmlRecord> records) {
        int moreTexts = 0;
        int moreCharacters = 0;
        var moreGroups = new java.util.HashSet<Group>();
        for (SenmlRecord record : records) {
            String text = record.text();
            if (text != null) {
                moreTexts++;
                moreCharacters += text.length();
            } else if (!groups.containsKey(group(record))) {
                moreGroups.add(group(record));
            }
        }
        return groups.size() + moreGroups.size() <= GROUPS_MAX
                && texts.size() + moreTexts <= TEXTS_MAX
                && textCharacters + moreCharacters <= TEXT_CHARACTERS_MAX;
    }

    private static Group group(SenmlRecord record) {
        return new Group(
                record.name(),
                record.unit(),
                record.quality(),
                record.at().truncatedTo(ChronoUnit.MINUTES));
    }

    private static SenmlRecord record(
            Group group, String figure, @Nullable String unit, double value) {
        return new SenmlRecord(
                group.name() + "/" + figure, unit, value, null, group.quality(), group.minute());
    }
}
