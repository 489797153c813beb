package dev.vigil.forward;

import java.time.Instant;

/**
 * Consecutive records of one stream, encoded once: these bytes are stored and these bytes are sent.
 *
 * @param firstSequence sequence of the first record; sequences begin at 1
 * @param firstAt earliest and {@code lastAt} latest record time
 * @param codec how {@code body} is encoded: {@code senml+cbor;zstd}
 * @param body not copied; nobody writes into it
 */
// CHECKSTYLE OFF: the seven columns of a row, which are one thing
@SuppressWarnings(
        "ArrayRecordComponent") // identity is (stream, firstSequence); bodies are never compared
public record Block(
        StreamId stream,
        long firstSequence,
        int recordCount,
        Instant firstAt,
        Instant lastAt,
        String codec,
        byte[] body) {
    // CHECKSTYLE ON
    public long lastSequence() {
        return firstSequence + recordCount - 1;
    }
}
