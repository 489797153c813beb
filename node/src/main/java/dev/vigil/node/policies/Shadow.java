package dev.vigil.node.policies;

import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalFault;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.MalformedBlock;
import dev.vigil.node.watch.Follower;
import dev.vigil.policy.Batch;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.trust.Stored;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A candidate and, for comparison, the armed module once more, on the same readings: first the kept
 * history, then what happens now. What both say goes nowhere but into the difference. Owned by the
 * keeper's thread.
 */
final class Shadow implements AutoCloseable {
    /** How far back it begins. */
    static final Duration HISTORY = Duration.ofHours(24);

    /** Live batches in one step. */
    private static final int BATCHES_PER_STEP = 64;

    /** Where it is. */
    enum Phase {
        HISTORY,
        LIVE,
        /** The candidate failed too often, or it fell behind: it says nothing any more. */
        ENDED
    }

    private final Stored version;
    private final PolicyCandidate candidate;
    private final PolicyCandidate reference;
    private final PolicyHistory.Player candidatePlayer;
    private final PolicyHistory.Player referencePlayer;
    private final Follower follower;
    private final JournalReader reader;
    private final PolicyHistory history;
    private final long through;
    private final ShadowDifference difference = new ShadowDifference();
    private final Instant since;
    private long next;
    private long readings;
    private Phase phase = Phase.HISTORY;
    private String ended = "";

    /**
     * @param follower has got every batch since {@code through}
     */
    Shadow(
            Stored version,
            PolicyCandidate candidate,
            PolicyCandidate reference,
            Follower follower,
            Journal journal,
            Map<String, SensorChannel> channels,
            Start start) {
        this.version = version;
        this.candidate = candidate;
        this.reference = reference;
        this.candidatePlayer = new PolicyHistory.Player(candidate);
        this.referencePlayer = new PolicyHistory.Player(reference);
        this.follower = follower;
        this.reader = journal.reader(Lane.HISTORY);
        this.history = new PolicyHistory(reader, channels);
        this.since = start.at().minus(HISTORY);
        this.through = start.through();
        this.next = history.firstSince(since, through);
    }

    /**
     * @param through the last sequence before what the follower gets
     */
    record Start(Instant at, long through) {}

    /**
     * Does a little.
     *
     * @param durable last sequence that is on the disk
     * @return readings it gave; 0 when there is nothing to do
     */
    int step(long durable) {
        if (phase != Phase.ENDED && follower.lost() > 0) {
            end("it did not keep up: %d readings were left out".formatted(follower.lost()));
        }
        return switch (phase) {
            case HISTORY -> history(durable);
            case LIVE -> live();
            case ENDED -> 0;
        };
    }

    private int history(long durable) {
        if (next > through) {
            phase = Phase.LIVE;
            reader.close();
            return 1;
        }
        try {
            Optional<PolicyHistory.Piece> piece = history.piece(next, Math.min(through, durable));
            if (piece.isEmpty()) {
                next = durable >= through ? through + 1 : next;
                return 0;
            }
            candidatePlayer.play(piece.get()).forEach(difference::candidate);
            referencePlayer.play(piece.get()).forEach(difference::armed);
            next = piece.get().lastSequence() + 1;
            return done(piece.get().readings());
        } catch (MalformedBlock | JournalFault e) {
            end("history can't be read: " + e.getMessage());
            return 0;
        }
    }

    private int live() {
        int given = 0;
        for (int i = 0; i < BATCHES_PER_STEP && phase == Phase.LIVE; i++) {
            Follower.Step step = follower.poll();
            if (step == null) {
                break;
            }
            given += done(play(step));
        }
        return given;
    }

    private int play(Follower.Step step) {
        Batch batch = step.batch();
        if (!batch.readings().isEmpty()) {
            difference.candidate(candidate.judge(batch));
            difference.armed(reference.judge(batch));
        }
        if (step.tick()) {
            candidate.tick(batch.now()).ifPresent(difference::candidate);
            reference.tick(batch.now()).ifPresent(difference::armed);
        }
        return batch.readings().size();
    }

    private int done(int count) {
        readings += count;
        PolicyState state = candidate.state();
        if (state.status() != PolicyState.Status.RUNNING) {
            end(
                    "the new version failed %d times: %s"
                            .formatted(
                                    state.failures(),
                                    state.lastFailure().map(f -> f.detail()).orElse("")));
        }
        return Math.max(1, count);
    }

    private void end(String why) {
        phase = Phase.ENDED;
        ended = why;
        reader.close();
    }

    Stored version() {
        return version;
    }

    Follower follower() {
        return follower;
    }

    /** The candidate, warm and up to its follower; empty while on history and when it ended. */
    Optional<PolicySwaps.Warm> warm() {
        return phase == Phase.LIVE
                ? Optional.of(new PolicySwaps.Warm(candidate, follower))
                : Optional.empty();
    }

    Phase phase() {
        return phase;
    }

    ShadowDifference.Summary difference() {
        return difference.summary();
    }

    /** Where it is, for people. */
    String text() {
        return switch (phase) {
            case HISTORY ->
                    "on history since %s, %d readings so far, %d records to go"
                            .formatted(since, readings, through - next + 1);
            case LIVE -> "on live data, %d readings since %s".formatted(readings, since);
            case ENDED -> "ENDED: " + ended;
        };
    }

    @Override
    public void close() {
        reader.close();
        candidate.close();
        reference.close();
    }
}
