package dev.vigil.forward;

import java.time.Instant;
import java.util.List;
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
    /**
     * Encodes records.
     *
     * @param first sequence of the first one
     * @param records 1 to {@link BlockCodec#RECORDS_MAX}
     * @throws IllegalArgumentException they are too few, too many or too long
     */
    static Block of(
            StreamId stream,
            long first,
            List<SenmlRecord> records,
            BlockCodec codec,
            @Nullable ClockReading clock) {
        byte[] body = codec.encode(stream.node(), records);
        Instant earliest = records.getFirst().at();
        Instant latest = earliest;
        for (SenmlRecord record : records) {
            earliest = record.at().isBefore(earliest) ? record.at() : earliest;
            latest = record.at().isAfter(latest) ? record.at() : latest;
        }
        return new Block(
                stream, first, records.size(), earliest, latest, BlockCodec.CODEC, body, clock);
    }

    public long lastSequence() {
        return firstSequence + recordCount - 1;
    }
}
