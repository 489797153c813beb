package dev.vigil.forward;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * When there were incidents, as lane ALARM tells: from the first to the last record of each name.
 * Reads on where it stopped. Owned by the shipper's thread.
 */
final class AlarmTimes {
    /** Beyond this the two oldest become one: more is kept whole than need be, never less. */
    private static final int INCIDENTS_MAX = 4_096;

    private final KeepWhole keep;
    private final Map<String, Span> spans = new LinkedHashMap<>();
    private long through;

    private record Span(Instant from, Instant through) {
        Span with(Span other) {
            return new Span(
                    from.isBefore(other.from) ? from : other.from,
                    through.isAfter(other.through) ? through : other.through);
        }
    }

    AlarmTimes(KeepWhole keep) {
        this.keep = keep;
    }

    /**
     * Reads some blocks of lane ALARM.
     *
     * @return whether there are more
     */
    boolean read(JournalReader alarms, int blocks) {
        for (int i = 0; i < blocks; i++) {
            Optional<Block> block = alarms.from(through + 1);
            if (block.isEmpty()) {
                return false;
            }
            through = block.get().lastSequence();
            take(block.get());
        }
        return true;
    }

    /** Whether anything between these times is to be kept as it is. */
    boolean cover(Instant from, Instant end) {
        Instant earliest = from.minus(keep.around());
        Instant latest = end.plus(keep.around());
        return spans.values().stream()
                .anyMatch(s -> !s.through().isBefore(earliest) && !s.from().isAfter(latest));
    }

    private void take(Block block) {
        try {
            for (SenmlRecord record : BlockCodec.decode(block)) {
                if (record.name().startsWith(keep.namePrefix())) {
                    spans.merge(record.name(), new Span(record.at(), record.at()), Span::with);
                }
            }
        } catch (MalformedBlock _) {
            // Something was here, nobody knows what.
            spans.merge("", new Span(block.firstAt(), block.lastAt()), Span::with);
        }
        while (spans.size() > INCIDENTS_MAX) {
            var names = new ArrayList<>(spans.keySet()).subList(0, 2);
            Span oldest = spans.remove(names.getFirst());
            if (oldest != null) {
                spans.merge(names.getLast(), oldest, Span::with);
            }
        }
    }
}
