package dev.vigil.node.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last {@value #KEPT} messages that could not be taken as they were, for the status page; any
 * thread adds and reads, without a lock. The records themselves are in the journal; this is only
 * the technician's view of what a sensor sends.
 */
public final class Quarantine {
    static final int KEPT = 100;

    /**
     * @param reason names the value and the rule it broke
     * @param payloadLength in bytes
     */
    public record Note(
            QuarantineReason kind, String topic, String reason, int payloadLength, Instant at) {}

    private final AtomicReferenceArray<Note> ring = new AtomicReferenceArray<>(KEPT);
    private final AtomicLong added = new AtomicLong();

    void add(Note note) {
        ring.set((int) (added.getAndIncrement() % KEPT), note);
    }

    /** Newest first. */
    public List<Note> latest() {
        long end = added.get();
        List<Note> notes = new ArrayList<>(KEPT);
        for (long i = end - 1; i >= Math.max(0, end - KEPT); i--) {
            Note note = ring.get((int) (i % KEPT));
            if (note != null) {
                notes.add(note);
            }
        }
        return notes;
    }
}
