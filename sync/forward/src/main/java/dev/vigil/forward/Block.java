package dev.vigil.forward;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive records of one stream, encoded once: these bytes are stored and these bytes are sent.
 *
 * @param firstSequence sequence of the first record; sequences begin at 1
 * @param firstAt earliest and {@code lastAt} latest record time
 * @param codec how {@code body} is encoded: {@code senml+cbor;zstd}
 * @param body not copied; nobody writes into it
 * @param clock the node's clocks when it was appended; null when nobody knows
 */
// CHECKSTYLE OFF: the columns of a row, which are one thing
@SuppressWarnings(
        "ArrayRecordComponent") // identity is (stream, firstSequence); bodies are never compared
public record Block(
        StreamId stream,
        long firstSequence,
        int recordCount,
        Instant firstAt,
        Instant lastAt,
        String codec,
        byte[] body,
        @Nullable ClockReading clock) {
    /** With clocks that nobody knows. */
    public Block(
            StreamId stream,
            long firstSequence,
            int recordCount,
            Instant firstAt,
            Instant lastAt,
            String codec,
            byte[] body) {
        this(stream, firstSequence, recordCount, firstAt, lastAt, codec, body, null);
    }

    // CHECKSTYLE ON
    public long lastSequence() {
        return firstSequence + recordCount - 1;
    }
}
