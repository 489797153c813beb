package dev.vigil.node.policies;

import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalFault;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.MalformedBlock;
import dev.vigil.node.watch.Follower;
import dev.vigil.node.watch.PolicyGate;
import dev.vigil.policy.Batch;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySnapshot;
import dev.vigil.policy.PolicyState;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Has the pipeline take a candidate in place of the armed version, with the state of that one where
 * there is a way. Owned by the keeper's thread, which waits here; the pipeline never does.
 *
 * <p>The same state version: the pipeline copies the state in the swap itself. Another one: the
 * candidate makes its state of a snapshot, or warms up on history, and follows the pipeline batch
 * by batch until it has caught up; the pipeline gives it the last few itself and swaps.
 */
final class PolicySwaps {
    private static final Logger LOG = Logger.getLogger(PolicySwaps.class);
    private static final Duration WAIT_MAX = Duration.ofSeconds(10);
    private static final int LAST_STEPS_MAX = 64;
    private static final int ATTEMPTS = 200;
    private static final long DURABLE_POLL_NANOS = 5_000_000;

    private final PolicyGate gate;
    private final Supplier<@Nullable Journal> journal;
    private final Map<String, SensorChannel> channels;
    private final LongConsumer swapNanos;

    /** A swap did not happen; the armed version goes on. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String message) {
            super(message);
        }
    }

    /**
     * What was done.
     *
     * @param nanos from when the candidate was ready until it was in place
     * @param pauseNanos of these, how long nothing was judged
     */
    record Done(PolicySet.Swap swap, PolicyCandidate.Carry carry, long nanos, long pauseNanos) {}

    PolicySwaps(
            PolicyGate gate,
            Supplier<@Nullable Journal> journal,
            Map<String, SensorChannel> channels,
            LongConsumer swapNanos) {
        this.gate = gate;
        this.journal = journal;
        this.channels = channels;
        this.swapNanos = swapNanos;
    }

    /** What the pipeline answered. */
    record Answer(
            PolicySet.@Nullable Swap swap,
            @Nullable PolicySnapshot snapshot,
            long lastSequence,
            long pauseNanos) {}

    /**
     * Swaps it in.
     *
     * @param warm the same version with a state of its own and its follower, from a shadow run:
     *     used when the state can't be taken over; its owner closes it
     */
    Done swap(PolicyCandidate candidate, Optional<Warm> warm) throws Failed {
        Follower follower = new Follower();
        long asked = System.nanoTime();
        Answer first = ask((policies, last, now) -> begin(policies, candidate, last, follower));
        if (first.swap() != null) {
            return done(
                    first, new PolicyCandidate.Carry(PolicyCandidate.Carried.COPIED, ""), asked);
        }
        try {
            PolicySnapshot state = first.snapshot();
            PolicyCandidate.Carry carry =
                    state == null
                            ? new PolicyCandidate.Carry(
                                    PolicyCandidate.Carried.COLD,
                                    "the version before is out: its state is not trusted")
                            : candidate.carry(state);
            LOG.infof(
                    "policy %s: state %s %s", candidate.policy(), carry.carried(), carry.reason());
            if (carry.carried() == PolicyCandidate.Carried.COLD && warm.isPresent()) {
                return caughtUp(warm.get().candidate(), warm.get().follower(), carry);
            }
            if (carry.carried() == PolicyCandidate.Carried.COLD) {
                warmUp(candidate, first.lastSequence());
            }
            return caughtUp(candidate, follower, carry);
        } finally {
            gate.unfollow(follower);
        }
    }

    /** As it is, with no state and no history. */
    Done swapCold(PolicyCandidate candidate) throws Failed {
        long asked = System.nanoTime();
        Answer answer = ask((policies, last, now) -> swapped(policies, candidate, last));
        return done(
                answer,
                new PolicyCandidate.Carry(PolicyCandidate.Carried.COLD, "without history"),
                asked);
    }

    /** A candidate that follows already. */
    record Warm(PolicyCandidate candidate, Follower follower) {}

    private Answer begin(
            PolicySet policies, PolicyCandidate candidate, long last, Follower follower) {
        if (policies.copies(candidate)) {
            return swapped(policies, candidate, last);
        }
        gate.follow(follower);
        return new Answer(
                null, policies.snapshot(candidate.policy(), "", last).orElse(null), last, 0);
    }

    /** The pipeline's thread: the swap itself. */
    private static Answer swapped(PolicySet policies, PolicyCandidate candidate, long last) {
        long begun = System.nanoTime();
        PolicySet.Swap swap = policies.swap(candidate);
        return new Answer(swap, null, last, System.nanoTime() - begun);
    }

    /** Lets the candidate catch up, and swaps when it has. */
    private Done caughtUp(PolicyCandidate candidate, Follower follower, PolicyCandidate.Carry carry)
            throws Failed {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Follower.Step step = follower.poll();
            while (step != null) {
                play(candidate, step);
                step = follower.poll();
            }
            if (follower.lost() > 0) {
                throw new Failed("the new version did not keep up with what comes in");
            }
            PolicyState state = candidate.state();
            if (state.status() != PolicyState.Status.RUNNING) {
                throw new Failed(
                        "the new version failed on history: "
                                + state.lastFailure().map(f -> f.detail()).orElse(""));
            }
            long asked = System.nanoTime();
            Answer answer = ask((policies, last, now) -> end(policies, candidate, follower, last));
            if (answer.swap() != null) {
                return done(answer, carry, asked);
            }
        }
        throw new Failed("the new version did not catch up with what comes in");
    }

    /** The pipeline's thread: the last few batches, then the swap. */
    private static Answer end(
            PolicySet policies, PolicyCandidate candidate, Follower follower, long last) {
        long begun = System.nanoTime();
        for (int steps = 0; steps < LAST_STEPS_MAX; steps++) {
            Follower.Step step = follower.poll();
            if (step == null) {
                return candidate.state().status() == PolicyState.Status.RUNNING
                        ? new Answer(
                                policies.swap(candidate), null, last, System.nanoTime() - begun)
                        : new Answer(null, null, last, 0);
            }
            play(candidate, step);
        }
        return new Answer(null, null, last, 0);
    }

    private static void play(PolicyCandidate candidate, Follower.Step step) {
        Batch batch = step.batch();
        if (!batch.readings().isEmpty()) {
            candidate.judge(batch);
        }
        if (step.tick()) {
            candidate.tick(batch.now());
        }
    }

    private void warmUp(PolicyCandidate candidate, long through) throws Failed {
        Journal open = journal.get();
        if (open == null || through < 1) {
            return;
        }
        awaitDurable(open, through);
        try (JournalReader reader = open.reader(Lane.HISTORY)) {
            PolicyHistory history = new PolicyHistory(reader, channels);
            Instant latest = reader.from(through).map(block -> block.lastAt()).orElse(Instant.MIN);
            if (latest.equals(Instant.MIN)) {
                return;
            }
            long from = history.firstSince(latest.minus(PolicyRestart.WARM_UP), through);
            long first = Math.max(from, through + 1 - PolicyRestart.RECORDS_MAX);
            long readings = history.replay(List.of(candidate), first, through);
            LOG.infof("policy %s: warmed up on %d readings", candidate.policy(), readings);
        } catch (MalformedBlock | JournalFault e) {
            LOG.errorf("policy %s: not warmed up: %s", candidate.policy(), e.getMessage());
        }
    }

    static long durable(Journal journal) {
        return journal.through(Lane.HISTORY);
    }

    private static void awaitDurable(Journal journal, long through) throws Failed {
        long deadline = System.nanoTime() + WAIT_MAX.toNanos();
        while (durable(journal) < through) {
            if (System.nanoTime() - deadline > 0) {
                throw new Failed("the journal does not keep up: try again when it does");
            }
            LockSupport.parkNanos(DURABLE_POLL_NANOS);
        }
    }

    private Done done(Answer answer, PolicyCandidate.Carry carry, long asked) throws Failed {
        PolicySet.Swap swap = answer.swap();
        if (swap == null) {
            throw new Failed("the pipeline did not swap");
        }
        long nanos = System.nanoTime() - asked;
        swapNanos.accept(nanos);
        LOG.infof(
                "policy %s: version %s is in place of %s, %.2f ms after it was ready; judging paused for %.3f ms",
                swap.policy(), swap.to(), swap.from(), nanos / 1e6, answer.pauseNanos() / 1e6);
        return new Done(swap, carry, nanos, answer.pauseNanos());
    }

    /** Something for the pipeline's thread. */
    private interface Question {
        Answer between(PolicySet policies, long lastSequence, Instant now);
    }

    /** Has it done between two turns and waits for the answer. */
    private Answer ask(Question question) throws Failed {
        CompletableFuture<Answer> reply = new CompletableFuture<>();
        boolean taken =
                gate.offer(
                        (policies, last, now) -> {
                            Answer answer = question.between(policies, last, now);
                            reply.complete(answer);
                            PolicySet.Swap swap = answer.swap();
                            return swap == null
                                    ? PolicyGate.Outcome.NOTHING
                                    : new PolicyGate.Outcome(swap.changes(), List.of());
                        });
        if (!taken) {
            throw new Failed("the pipeline has too many orders");
        }
        try {
            return reply.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("the node stops");
        } catch (ExecutionException | TimeoutException e) {
            throw new Failed("the pipeline did not answer: " + e);
        }
    }

    /** A follower that gets every batch after the sequence that is returned. */
    long follow(Follower follower) throws Failed {
        return ask((policies, last, now) -> {
                    gate.follow(follower);
                    return new Answer(null, null, last, 0);
                })
                .lastSequence();
    }

    void unfollow(Follower follower) {
        gate.unfollow(follower);
    }
}
