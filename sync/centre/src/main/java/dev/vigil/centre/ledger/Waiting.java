package dev.vigil.centre.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What of a stream waits, and for what. Immutable.
 *
 * @param passed publishing has gone this far: what comes for a lower sequence is late and published
 *     at once
 * @param held blocks that wait for what is missing before them, ascending
 * @param gapSince when the first of the gaps that are not reported yet appeared
 * @param reported gaps that were reported and are still open
 */
record Waiting(long passed, List<Held> held, Optional<Instant> gapSince, Ranges reported) {
    static final Waiting NOTHING = new Waiting(0, List.of(), Optional.empty(), Ranges.NONE);

    Waiting {
        held = List.copyOf(held);
    }

    /**
     * A block that waits.
     *
     * @param own the sequences that are published from this block: those that no other had
     * @param bytes of its body
     */
    record Held(Ranges own, int bytes) {
        /** Under which it is kept; no two blocks have the same. */
        long key() {
            return own.first();
        }
    }

    long heldBytes() {
        long bytes = 0;
        for (Held block : held) {
            bytes += block.bytes();
        }
        return bytes;
    }
}
