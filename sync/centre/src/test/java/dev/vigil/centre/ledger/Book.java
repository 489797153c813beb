package dev.vigil.centre.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One stream's ledger with a list for a topic: what the processor does, without Kafka. */
final class Book {
    static final Instant START = Instant.parse("2026-11-23T07:00:00Z");

    final Window window;
    final List<Long> published = new ArrayList<>();
    final List<Effect> reports = new ArrayList<>();
    private final Map<Long, Range> held = new HashMap<>();
    private StreamState state = StreamState.NEW;

    Book(Window window) {
        this.window = window;
    }

    StreamState state() {
        return state;
    }

    Ranges missing() {
        return state.sequences().gaps();
    }

    void arrive(Instant now, long from, long through) {
        var range = new Range(from, through);
        var block = new StreamLedger.Arrival(range, now, false, "ntp", NodeNotes.NONE, 100);
        take(StreamLedger.arrived(now, state, block, window), range);
    }

    void lose(Instant now, long from, long through, String reason) {
        var range = new Range(from, through);
        var loss = new Loss("gw-01/1/history", range, reason);
        take(StreamLedger.lost(now, state, range, loss, window), range);
    }

    void tick(Instant now) {
        take(StreamLedger.tick(now, state, window), new Range(1, 1));
    }

    private void take(StreamLedger.Turn turn, Range arrived) {
        for (Effect effect : turn.effects()) {
            switch (effect) {
                case Effect.Publish(var sequences) -> publish(sequences, arrived);
                case Effect.Hold(long key) ->
                        assertEquals(null, held.put(key, arrived), "key " + key + " again");
                case Effect.Release(long key, var sequences) -> {
                    Range block = held.remove(key);
                    assertNotNull(block, "no block is held under " + key);
                    publish(sequences, block);
                }
                case Effect.GapOpened _, Effect.GapClosed _, Effect.GapAbandoned _ ->
                        reports.add(effect);
            }
        }
        // What is stored is what is read again.
        state = StreamStateCodec.read(StreamStateCodec.write(turn.next()));
        assertEquals(turn.next(), state);
        assertEquals(held.size(), state.waiting().held().size());
        assertTrue(held.size() <= window.blocks());
        assertTrue(state.sequences().rangeCount() <= window.ranges());
    }

    private void publish(Ranges sequences, Range block) {
        for (Range range : sequences.list()) {
            assertTrue(block.from() <= range.from() && range.through() <= block.through());
            for (long n = range.from(); n <= range.through(); n++) {
                published.add(n);
            }
        }
    }
}
