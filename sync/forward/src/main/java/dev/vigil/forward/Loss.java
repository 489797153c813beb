package dev.vigil.forward;

import java.time.Instant;

/**
 * Sequences that no record will come for, as a record of their own: name {@code loss/<lane>}, text
 * a JSON object that says which and why. The ledger at the centre counts them as accounted for.
 *
 * @param from first sequence
 * @param through last sequence
 * @param reason begins with {@code damage:}, {@code space:} or {@code files are missing} for
 *     records that were given up; with {@code thinned:} for those whose minutes' figures are sent
 *     under the sequences before {@code from}; with {@code unused:} for numbers that were set aside
 *     when the journal ended in a damaged file, and which no record is known to have had
 */
record Loss(StreamId stream, long from, long through, String reason) {
    static final String NAME_PREFIX = "loss/";
    private static final String UNUSED = "unused:";
    private static final String THINNED = "thinned:";

    /** Numbers that nobody is known to have used, from the end of what is known on. */
    static Loss unused(StreamId stream, long from, long through) {
        return new Loss(stream, from, through, UNUSED + " skipped after a damaged end");
    }

    /**
     * Readings whose minutes' figures stand in their place.
     *
     * @param figures the first sequence of these, which go up to {@code from - 1}
     */
    static Loss thinned(StreamId stream, long from, long through, long figures) {
        return new Loss(
                stream,
                from,
                through,
                "%s per minute min, mean, max and count are %d to %d"
                        .formatted(THINNED, figures, from - 1));
    }

    boolean isThinned() {
        return reason.startsWith(THINNED);
    }

    /** How many records were lost without a trace by it, as far as is known. */
    long records() {
        return reason.startsWith(UNUSED) || isThinned() ? 0 : through - from + 1;
    }

    boolean isSameRange(Loss other) {
        return stream.equals(other.stream) && from == other.from && through == other.through;
    }

    SenmlRecord record(Instant now) {
        return SenmlRecord.text(NAME_PREFIX + stream.lane().word(), json(), now);
    }

    String json() {
        var json = new StringBuilder("{\"stream\":");
        SenmlJson.string(json, stream.toString());
        json.append(",\"from\":").append(from).append(",\"through\":").append(through);
        json.append(",\"reason\":");
        SenmlJson.string(json, reason);
        return json.append('}').toString();
    }
}
