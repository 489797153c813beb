package dev.vigil.centre.ledger;

import java.time.Instant;

/**
 * What was last seen of a stream, for the fleet table. Immutable.
 *
 * @param lastSeen when the ledger last had something of it
 * @param lastAt time of the latest record of the latest block, by the node's clock
 * @param historic the latest block had waited in a backlog
 * @param clock the quality of the node's clock: header {@code vigil_tq}
 * @param node what it said of itself
 * @param copies records that came again and were dropped
 * @param quarantined records that could not be read
 */
record Sight(
        Instant lastSeen,
        Instant lastAt,
        boolean historic,
        String clock,
        NodeNotes node,
        long copies,
        long quarantined) {
    static final Sight NOTHING =
            new Sight(Instant.EPOCH, Instant.EPOCH, false, "unknown", NodeNotes.NONE, 0, 0);

    Sight seen(Instant now, StreamLedger.Arrival block, long moreCopies) {
        return new Sight(
                now,
                block.at(),
                block.historic(),
                block.clock(),
                block.node().after(node),
                copies + moreCopies,
                quarantined);
    }

    Sight unreadable(Instant now, long records) {
        return new Sight(now, lastAt, historic, clock, node, copies, quarantined + records);
    }
}
