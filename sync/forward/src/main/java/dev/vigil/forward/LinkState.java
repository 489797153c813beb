package dev.vigil.forward;

import java.time.Instant;
import java.util.Optional;

/**
 * A link at one moment.
 *
 * @param name the uplink's
 * @param since when it came up, or ceased to be up
 * @param error of the last failure; empty when there was none since the last success
 * @param deliveredRecords since the shipper began, copies not counted
 * @param deliveredBytes bodies of those blocks
 * @param blocksInFlight sent, and no outcome yet
 */
public record LinkState(
        String name,
        Status status,
        Instant since,
        Optional<String> error,
        long deliveredRecords,
        long deliveredBytes,
        int blocksInFlight) {
    /** What the last attempts say about the link. */
    public enum Status {
        /** The last outcome was a delivery. */
        UP,
        /** The last attempt failed; waiting for the next one. */
        DOWN,
        /** Nothing was tried yet, or a new attempt is under way after a failure. */
        CONNECTING,
        /** Not in use while one that is preferred delivers. */
        STANDBY
    }

    /** As of {@code now}. An outage lasts through its attempts, so {@code since} stays then. */
    LinkState with(Status status, Instant now, Optional<String> error, int blocksInFlight) {
        boolean goesOn = (status == Status.UP) == (this.status == Status.UP);
        return new LinkState(
                name,
                status,
                goesOn ? since : now,
                error,
                deliveredRecords,
                deliveredBytes,
                blocksInFlight);
    }

    /** One block more has arrived. */
    LinkState delivered(Block block) {
        return new LinkState(
                name,
                status,
                since,
                error,
                deliveredRecords + block.recordCount(),
                deliveredBytes + block.body().length,
                blocksInFlight);
    }
}
