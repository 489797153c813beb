package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The best reading of each boot's clock, kept in a small file: with it records of a boot whose
 * clock was wrong at first get their right times when they are sent, also after a restart. {@link
 * #learn} is the committer's; {@link #dated} the shipper's.
 */
final class BootClocks {
    static final String NAME_PREFIX = "clock/";
    private static final String FILE = "clocks";

    /** Older boots than this many are forgotten; their records keep the times they have. */
    private static final int BOOTS_MAX = 64;

    private final Disk disk;
    private volatile Map<UUID, ClockReading> best;
    private boolean saved = true;

    BootClocks(Disk disk) {
        this.disk = disk;
        this.best = Map.of();
        if (disk.exists(FILE)) {
            var known = new LinkedHashMap<UUID, ClockReading>();
            String text = new String(disk.readSmall(FILE), StandardCharsets.UTF_8);
            text.lines().forEach(line -> parse(line).ifPresent(r -> known.put(r.boot(), r)));
            best = Map.copyOf(known);
        }
    }

    /**
     * The clock as it is now.
     *
     * @return a record for lane ALARM when it has become better than it was in this boot
     */
    Optional<SenmlRecord> learn(ClockReading reading) {
        ClockReading known = best.get(reading.boot());
        ClockQuality before = known == null ? ClockQuality.NONE : known.quality();
        boolean better = reading.quality().compareTo(before) > 0;
        if (better) {
            var all = new ArrayList<>(best.values());
            all.removeIf(r -> r.boot().equals(reading.boot()));
            all.sort((a, b) -> a.wall().compareTo(b.wall()));
            List<ClockReading> kept =
                    all.subList(Math.max(0, all.size() - (BOOTS_MAX - 1)), all.size());
            var next = new LinkedHashMap<UUID, ClockReading>();
            kept.forEach(r -> next.put(r.boot(), r));
            next.put(reading.boot(), reading);
            best = Map.copyOf(next);
            saved = false;
        }
        if (!saved) {
            save();
        }
        return better ? Optional.of(record(reading, before)) : Optional.empty();
    }

    /**
     * The block with the times of the better clock that its boot had later, if it had; its body is
     * encoded anew then.
     */
    Block dated(Block block, BlockCodec codec) {
        ClockReading stamp = block.clock();
        ClockReading known = stamp == null ? null : best.get(stamp.boot());
        if (stamp == null || known == null || known.quality().compareTo(stamp.quality()) <= 0) {
            return block;
        }
        // Whole milliseconds: finer ones would be noise in every time of the pack.
        Duration shift =
                Duration.ofMillis(Duration.between(stamp.origin(), known.origin()).toMillis());
        try {
            List<SenmlRecord> records =
                    BlockCodec.decode(block).stream().map(r -> r.shifted(shift)).toList();
            return new Block(
                    block.stream(),
                    block.firstSequence(),
                    block.recordCount(),
                    block.firstAt().plus(shift),
                    block.lastAt().plus(shift),
                    block.codec(),
                    codec.encode(block.stream().node(), records),
                    new ClockReading(
                            stamp.boot(),
                            stamp.steady(),
                            stamp.wall().plus(shift),
                            known.quality()));
        } catch (MalformedBlock | IllegalArgumentException | DateTimeException _) {
            // As it was written, under the quality it was written with.
            return block;
        }
    }

    private void save() {
        var text = new StringBuilder();
        for (ClockReading reading : best.values()) {
            text.append(reading.boot()).append(' ').append(reading.steady()).append(' ');
            text.append(reading.wall()).append(' ').append(reading.quality().word()).append('\n');
        }
        try {
            disk.writeSafely("", FILE, text.toString().getBytes(StandardCharsets.UTF_8));
            saved = true;
        } catch (JournalFault _) {
            // Tried again with the next reading.
        }
    }

    private static SenmlRecord record(ClockReading reading, ClockQuality before) {
        String json =
                "{\"boot\":\"%s\",\"quality\":\"%s\",\"before\":\"%s\",\"steadyNanos\":%d,\"wall\":\"%s\"}"
                        .formatted(
                                reading.boot(),
                                reading.quality().word(),
                                before.word(),
                                reading.steady().toNanos(),
                                reading.wall());
        return SenmlRecord.text(NAME_PREFIX + reading.boot(), json, reading.wall());
    }

    private static Optional<ClockReading> parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 4) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new ClockReading(
                            UUID.fromString(words[0]),
                            Duration.parse(words[1]),
                            Instant.parse(words[2]),
                            ClockQuality.of(words[3])));
        } catch (IllegalArgumentException | DateTimeException _) {
            return Optional.empty();
        }
    }
}
