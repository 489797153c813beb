package dev.vigil.node.policies;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.MalformedBlock;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.policy.Batch;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicyCandidate;
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
 * (decision 0095).
 */
final class PolicyHistory {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final JournalReader reader;
    private final Map<String, SensorChannel> channels;

    PolicyHistory(JournalReader reader, Map<String, SensorChannel> channels) {
        this.reader = reader;
        this.channels = channels;
    }

    /** A block's readings from a sequence on. */
    record Piece(Batch batch, long lastSequence) {}

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
        List<Reading> readings = new ArrayList<>(block.recordCount());
        long first = Math.max(from, block.firstSequence());
        Instant now = Instant.MIN;
        long sequence = block.firstSequence();
        for (SenmlRecord record : BlockCodec.decode(block)) {
            if (sequence >= first && sequence <= through) {
                Reading reading = reading(record);
                if (reading != null) {
                    readings.add(reading);
                    now = reading.at().isAfter(now) ? reading.at() : now;
                }
            }
            sequence++;
        }
        Instant at = readings.isEmpty() ? block.lastAt() : now;
        return Optional.of(
                new Piece(new Batch(at, first, readings), Math.min(through, block.lastSequence())));
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
        List<Player> players = candidates.stream().map(Player::new).toList();
        long readings = 0;
        Optional<Piece> piece = piece(from, through);
        while (piece.isPresent()) {
            Batch batch = piece.get().batch();
            players.forEach(player -> player.play(batch));
            readings += batch.readings().size();
            piece = piece(piece.get().lastSequence() + 1, through);
        }
        return readings;
    }

    /** Gives history to one candidate and tells it the time in between. */
    static final class Player {
        private final PolicyCandidate candidate;
        private Instant ticked = Instant.MIN;

        Player(PolicyCandidate candidate) {
            this.candidate = candidate;
        }

        /** What it says of the batch, and of the time after it. */
        List<Judgement> play(Batch batch) {
            List<Judgement> judgements = new ArrayList<>(2);
            if (!batch.readings().isEmpty()) {
                judgements.add(candidate.replay(batch));
            }
            if (ticked.equals(Instant.MIN)) {
                ticked = batch.now();
            } else if (!batch.now().isBefore(ticked.plus(TICK))) {
                ticked = batch.now();
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
