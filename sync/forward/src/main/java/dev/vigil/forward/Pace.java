package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;

/**
 * A bandwidth budget: a token bucket of bytes, filled at a steady rate. HISTORY waits for it; ALARM
 * does not, but counts, so that HISTORY makes up for it. Owned by the shipper's thread; knows no
 * clock.
 */
public final class Pace {
    /** The budget may be used up for so long at once. */
    private static final Duration BURST = Duration.ofMillis(500);

    /** A block is cut so that it takes no longer than this. */
    private static final Duration BLOCK = Duration.ofMillis(500);

    /** HISTORY is sent while less than this is in flight; one block more may be then. */
    private static final Duration IN_FLIGHT = Duration.ofMillis(500);

    /** Headers, topic or key, and the protocol's own, of one block. */
    private static final int OVERHEAD_BYTES = 512;

    /** Cut smaller, it would be nothing but overhead. */
    private static final int BLOCK_BYTES_MIN = 1024;

    private final long bytesPerSecond;
    private double tokens;
    private Instant filledAt;

    /** Full. */
    Pace(long bytesPerSecond, Instant now) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "bandwidth budget of %d bytes/s: at least 1".formatted(bytesPerSecond));
        }
        this.bytesPerSecond = bytesPerSecond;
        this.tokens = share(BURST);
        this.filledAt = now;
    }

    /** Whether HISTORY may be sent now. */
    boolean allows(Instant now) {
        fill(now);
        return tokens > 0;
    }

    /** A block goes out, whether it was allowed or not. */
    void take(int bodyBytes, Instant now) {
        fill(now);
        tokens -= bodyBytes + OVERHEAD_BYTES;
    }

    /** Bytes of a block's body at most. */
    int blockBytes() {
        return (int) Math.clamp(share(BLOCK) - OVERHEAD_BYTES, BLOCK_BYTES_MIN, Integer.MAX_VALUE);
    }

    /** HISTORY is sent while less than this is in flight. */
    long inFlightBytes() {
        return (long) share(IN_FLIGHT);
    }

    /** A clock that leaps fills it at most, and never empties it. */
    private void fill(Instant now) {
        Duration since = Duration.between(filledAt, now);
        filledAt = now;
        if (!since.isNegative()) {
            double seconds = Math.min(since.toSeconds(), 3_600) + since.toNanosPart() / 1e9;
            tokens = Math.min(share(BURST), tokens + seconds * bytesPerSecond);
        }
    }

    private double share(Duration duration) {
        return bytesPerSecond * (duration.toMillis() / 1e3);
    }
}
