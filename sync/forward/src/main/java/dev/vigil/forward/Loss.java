package dev.vigil.forward;

import java.time.Instant;

/**
 * Records that were given up, as a record of their own: name {@code loss/<lane>}, text a JSON
 * object that says which sequences and why. The ledger at the centre counts them as accounted for.
 *
 * @param from first and {@code through} last sequence that is lost; where the end of the journal
 *     was damaged, numbers at the end may never have been used
 */
record Loss(StreamId stream, long from, long through, String reason) {
    static final String NAME_PREFIX = "loss/";

    long records() {
        return through - from + 1;
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
