package dev.vigil.centre.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The book of one stream: told what arrived and what time it is, it says what is to be done and
 * what is to be remembered. Stateless; the state is an argument.
 *
 * <ol>
 *   <li>Each sequence that arrives is published once, whatever copies come, cut however.
 *   <li>In order, as long as what is missing comes within the {@link Window}; nothing is held back
 *       where the window is empty.
 *   <li>A gap is reported when it stays open for the window's patience, and again when it closes:
 *       by a late arrival or because the node recorded a loss.
 *   <li>The state is bounded by the window.
 * </ol>
 */
final class StreamLedger {
    private StreamLedger() {}

    /** The state after, and what is to be done. */
    record Turn(StreamState next, List<Effect> effects) {
        Turn {
            effects = List.copyOf(effects);
        }
    }

    /**
     * A block that can be read.
     *
     * @param at time of its latest record, by the node's clock
     * @param bytes of its body
     */
    record Arrival(
            Range range, Instant at, boolean historic, String clock, NodeNotes node, int bytes) {}

    static Turn arrived(Instant now, StreamState state, Arrival block, Window window) {
        Ranges fresh = state.sequences().fresh(block.range());
        StreamState seen =
                state.with(state.sight().seen(now, block, block.range().size() - fresh.size()));
        if (fresh.isEmpty()) {
            return new Turn(seen, List.of());
        }
        var effects = new ArrayList<Effect>();
        StreamState received = close(seen, fresh, "arrived", effects);
        received = received.with(received.sequences().receive(fresh));
        Waiting waiting = received.waiting();
        if (window.blocks() > 0 && block.range().from() > waiting.passed() + 1) {
            var held = new ArrayList<>(waiting.held());
            held.add(new Waiting.Held(fresh, block.bytes()));
            held.sort((one, other) -> Long.compare(one.key(), other.key()));
            effects.add(new Effect.Hold(fresh.first()));
            waiting = new Waiting(waiting.passed(), held, waiting.gapSince(), waiting.reported());
        } else {
            effects.add(new Effect.Publish(fresh));
            waiting =
                    new Waiting(
                            Math.max(waiting.passed(), block.range().through()),
                            waiting.held(),
                            waiting.gapSince(),
                            waiting.reported());
        }
        return finish(now, received.with(waiting), window, effects);
    }

    /** Sequences that no record will come for, or whose block is in quarantine. */
    static Turn lost(Instant now, StreamState state, Range range, Loss loss, Window window) {
        var effects = new ArrayList<Effect>();
        StreamState explained = close(state, Ranges.of(range), loss.reason(), effects);
        explained = explained.with(explained.sequences().explain(range, loss.isUnused()));
        return finish(now, explained, window, effects);
    }

    /** To be called now and then while {@link Waiting#gapSince} is there. */
    static Turn tick(Instant now, StreamState state, Window window) {
        Waiting waiting = state.waiting();
        if (waiting.gapSince().isEmpty()
                || now.isBefore(waiting.gapSince().get().plus(window.patience()))) {
            return new Turn(state, List.of());
        }
        var effects = new ArrayList<Effect>();
        Ranges gaps = state.sequences().gaps();
        for (Range gap : gaps.minus(waiting.reported()).list()) {
            effects.add(new Effect.GapOpened(gap));
        }
        waiting = new Waiting(waiting.passed(), waiting.held(), Optional.empty(), gaps);
        return new Turn(state.with(releasedAll(waiting, effects)), effects);
    }

    private static Turn finish(
            Instant now, StreamState state, Window window, List<Effect> effects) {
        Waiting waiting = released(state, effects);
        if (waiting.held().size() > window.blocks() || waiting.heldBytes() > window.bytes()) {
            waiting = releasedAll(waiting, effects);
        }
        StreamState bounded = bounded(state.with(waiting), window, effects);
        return new Turn(bounded.with(timed(now, bounded)), effects);
    }

    /** Reported gaps that are accounted for now. */
    private static StreamState close(
            StreamState state, Ranges accounted, String how, List<Effect> effects) {
        Waiting waiting = state.waiting();
        if (waiting.reported().isEmpty()) {
            return state;
        }
        for (Range gap : waiting.reported().and(accounted).list()) {
            effects.add(new Effect.GapClosed(gap, how));
        }
        return state.with(
                new Waiting(
                        waiting.passed(),
                        waiting.held(),
                        waiting.gapSince(),
                        waiting.reported().minus(accounted)));
    }

    /** What no longer waits for anything, because all before it is accounted for. */
    private static Waiting released(StreamState state, List<Effect> effects) {
        Waiting waiting = state.waiting();
        long passed = Math.max(waiting.passed(), state.sequences().floor());
        passed = Math.max(passed, state.sequences().accounted().through(passed + 1));
        var held = new ArrayList<Waiting.Held>();
        for (Waiting.Held block : waiting.held()) {
            if (block.key() <= passed) {
                effects.add(new Effect.Release(block.key(), block.own()));
            } else {
                held.add(block);
            }
        }
        return new Waiting(passed, held, waiting.gapSince(), waiting.reported());
    }

    private static Waiting releasedAll(Waiting waiting, List<Effect> effects) {
        long passed = waiting.passed();
        for (Waiting.Held block : waiting.held()) {
            effects.add(new Effect.Release(block.key(), block.own()));
            passed = Math.max(passed, block.own().last());
        }
        return new Waiting(passed, List.of(), waiting.gapSince(), waiting.reported());
    }

    private static StreamState bounded(StreamState state, Window window, List<Effect> effects) {
        StreamState bounded = state;
        while (bounded.sequences().rangeCount() > window.ranges()) {
            Sequences before = bounded.sequences();
            long gapThrough = before.accounted().first() - 1;
            if (gapThrough > before.floor()) {
                Range gap = new Range(before.floor() + 1, gapThrough);
                effects.add(new Effect.GapAbandoned(gap));
                Waiting waiting = bounded.waiting();
                bounded =
                        bounded.with(
                                new Waiting(
                                        waiting.passed(),
                                        waiting.held(),
                                        waiting.gapSince(),
                                        waiting.reported().minus(gap)));
            }
            bounded = bounded.with(before.raisedOverLowest());
        }
        return bounded;
    }

    private static Waiting timed(Instant now, StreamState state) {
        Waiting waiting = state.waiting();
        boolean waits = !state.sequences().gaps().minus(waiting.reported()).isEmpty();
        Optional<Instant> since =
                waits ? Optional.of(waiting.gapSince().orElse(now)) : Optional.empty();
        return new Waiting(waiting.passed(), waiting.held(), since, waiting.reported());
    }
}
