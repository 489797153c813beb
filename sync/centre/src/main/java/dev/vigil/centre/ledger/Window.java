package dev.vigil.centre.ledger;

import dev.vigil.forward.Lane;
import java.time.Duration;

/**
 * How long what came out of order is held back. Immutable.
 *
 * @param blocks held per stream at most; 0: nothing is held back
 * @param bytes held per stream at most
 * @param patience after which a gap is reported, and what waits for it is published
 * @param ranges remembered per stream at most; beyond it the oldest gap is abandoned
 */
record Window(int blocks, long bytes, Duration patience, int ranges) {
    private static final int RANGES = 1_024;

    Window {
        if (blocks < 0 || bytes < 0 || patience.isNegative() || ranges < 2) {
            throw new IllegalArgumentException(
                    "window of %d blocks, %d bytes, %s, %d ranges: nothing negative, 2 ranges or more"
                            .formatted(blocks, bytes, patience, ranges));
        }
    }

    /** An alarm never waits for what is missing before it; history keeps its order. */
    static Window of(Lane lane, Duration wait) {
        return switch (lane) {
            case ALARM -> new Window(0, 0, wait, RANGES);
            case HISTORY -> new Window(64, 8_000_000, wait, RANGES);
        };
    }
}
