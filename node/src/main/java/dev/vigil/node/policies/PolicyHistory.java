package dev.vigil.node.policies;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.MalformedBlock;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.policy.Batch;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicyGap;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The HISTORY lane as what policies judge. Owned by the thread that owns its reader.
 *
 * <p>A block becomes one batch, and the time is told between blocks as often as the pipeline does:
 * how readings were cut into batches is not recorded, and a policy's state does not depend on it
 * (decision 0095). Where a block holds what no policy judges, a new batch begins behind it: the
 * readings of a batch have consecutive numbers.
 */
final class PolicyHistory {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final JournalReader reader;
    private final Map<String, SensorChannel> channels;
    private final List<PolicyGap> gaps;

    /** As if no policy had ever failed. */
    PolicyHistory(JournalReader reader, Map<String, SensorChannel> channels) {
        this(reader, channels, List.of());
    }

    /**
     * @param gaps readings that a policy is not to get, as it has lost them
     */
    PolicyHistory(JournalReader reader, Map<String, SensorChannel> channels, List<PolicyGap> gaps) {
        this.reader = reader;
        this.channels = channels;
        this.gaps = gaps;
    }

    /**
     * A block's readings from a sequence on.
     *
     * @param now the latest time among them
     */
    record Piece(Instant now, List<Batch> batches, long lastSequence) {
        int readings() {
            return batches.stream().mapToInt(batch -> batch.readings().size()).sum();
        }
    }

    /**
     * What follows.
     *
     * @param from the first sequence that is wanted
     * @param through the last one
     * @return empty when there is nothing
     */
    Optional<Piece> piece(long from, long through) {
        if (from > through) {
            // The block that holds this one may begin before: it would be given again for ever.
            return Optional.empty();
        }
        Optional<Block> found = reader.from(from);
        if (found.isEmpty() || found.get().firstSequence() > through) {
            return Optional.empty();
        }
        Block block = found.get();
        long first = Math.max(from, block.firstSequence());
        long last = Math.min(through, block.lastSequence());
        List<Reading> readings = new ArrayList<>(block.recordCount());
        Instant now = Instant.MIN;
        long sequence = block.firstSequence();
        List<Run> runs = new ArrayList<>();
        for (SenmlRecord record : BlockCodec.decode(block)) {
            Reading reading = sequence >= first && sequence <= last ? reading(record) : null;
            if (reading != null) {
                if (runs.isEmpty() || runs.getLast().next(readings.size()) != sequence) {
                    runs.add(new Run(sequence, readings.size()));
                }
                readings.add(reading);
                now = reading.at().isAfter(now) ? reading.at() : now;
            }
            sequence++;
        }
        Instant at = readings.isEmpty() ? block.lastAt() : now;
        List<Batch> batches = new ArrayList<>(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            int end = i + 1 < runs.size() ? runs.get(i + 1).begin() : readings.size();
            batches.add(
                    new Batch(
                            at,
                            runs.get(i).sequence(),
                            readings.subList(runs.get(i).begin(), end)));
        }
        return Optional.of(new Piece(at, batches, last));
    }

    /**
     * Readings with consecutive numbers.
     *
     * @param begin place of the first of them among all readings of the piece
     */
    private record Run(long sequence, int begin) {
        /** Number that the reading at this place has when it belongs to it. */
        long next(int place) {
            return sequence + place - begin;
        }
    }

    private @Nullable Reading reading(SenmlRecord record) {
        SensorChannel channel = record.text() == null ? channels.get(record.name()) : null;
        if (channel == null || !channel.quantity().unit().equals(record.unit())) {
            return null;
        }
        String quality = record.quality();
        return new Reading(
                channel,
                record.value(),
                quality == null ? Quality.GOOD : Quality.valueOf(quality),
                record.at());
    }

    /**
     * Gives candidates all from one sequence through another.
     *
     * @return how many readings that were
     * @throws MalformedBlock history can't be read on
     */
    long replay(List<PolicyCandidate> candidates, long from, long through) {
        List<Player> players =
                candidates.stream().map(candidate -> new Player(candidate, gaps)).toList();
        long readings = 0;
        Optional<Piece> next = piece(from, through);
        while (next.isPresent()) {
            Piece piece = next.get();
            players.forEach(player -> player.play(piece));
            readings += piece.readings();
            next = piece(piece.lastSequence() + 1, through);
        }
        return readings;
    }

    /** Gives history to one candidate and tells it the time in between. */
    static final class Player {
        private final PolicyCandidate candidate;
        private final List<PolicyGap> gaps;
        private Instant ticked = Instant.MIN;

        /** As if it had never failed. */
        Player(PolicyCandidate candidate) {
            this(candidate, List.of());
        }

        private Player(PolicyCandidate candidate, List<PolicyGap> gaps) {
            this.candidate = candidate;
            this.gaps =
                    gaps.stream().filter(gap -> gap.policy().equals(candidate.policy())).toList();
        }

        /** What it says of the piece, and of the time after it. */
        List<Judgement> play(Piece piece) {
            List<Judgement> judgements = new ArrayList<>(2);
            for (Batch batch : piece.batches()) {
                judgements.add(candidate.replay(batch, gaps));
            }
            if (ticked.equals(Instant.MIN)) {
                ticked = piece.now();
            } else if (!piece.now().isBefore(ticked.plus(TICK))) {
                ticked = piece.now();
                candidate.tick(ticked).ifPresent(judgements::add);
            }
            return judgements;
        }
    }

    /** The oldest sequence there is whose block holds something of this time or later. */
    long firstSince(Instant since, long through) {
        long low = reader.firstSequence().orElse(through + 1);
        long high = through + 1;
        while (low < high) {
            long middle = low + (high - low) / 2;
            Optional<Block> block = reader.from(middle);
            if (block.isEmpty() || block.get().firstSequence() > through) {
                high = middle;
            } else if (block.get().lastAt().isBefore(since)) {
                low = block.get().lastSequence() + 1;
            } else {
                high = Math.min(middle, block.get().firstSequence());
            }
        }
        return low;
    }
}
