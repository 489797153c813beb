package dev.vigil.centre.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vigil.forward.StreamId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/** What the ledger says of a stream, as JSON: acknowledgement, fleet row, gap. Stateless. */
final class Notices {
    private static final JsonFactory JSON = new JsonFactory();

    /** Ranges beyond the first gap that an acknowledgement names, the highest ones. */
    private static final int BEYOND_MAX = 16;

    private static final int GAPS_MAX = 10;

    private Notices() {}

    /**
     * {@code through}: the node may forget everything up to here. {@code beyond}: and these, though
     * something before them is missing.
     */
    static byte[] ack(StreamId stream, Sequences sequences) {
        long through = sequences.through();
        List<Range> beyond =
                sequences.accounted().list().stream()
                        .filter(range -> range.from() > through)
                        .toList();
        return write(
                json -> {
                    json.writeStringField("stream", stream.toString());
                    json.writeStringField("incarnation", stream.incarnation());
                    json.writeNumberField("through", through);
                    json.writeArrayFieldStart("beyond");
                    int skipped = Math.max(0, beyond.size() - BEYOND_MAX);
                    for (Range range : beyond.subList(skipped, beyond.size())) {
                        json.writeStartArray();
                        json.writeNumber(range.from());
                        json.writeNumber(range.through());
                        json.writeEndArray();
                    }
                    json.writeEndArray();
                });
    }

    static byte[] fleetRow(StreamId stream, StreamState state) {
        Sequences sequences = state.sequences();
        Sight sight = state.sight();
        return write(
                json -> {
                    json.writeStringField("stream", stream.toString());
                    json.writeStringField("node", stream.node());
                    json.writeStringField("incarnation", stream.incarnation());
                    json.writeStringField("lane", stream.lane().word());
                    json.writeStringField("lastSeen", sight.lastSeen().toString());
                    json.writeStringField("lastAt", sight.lastAt().toString());
                    json.writeBooleanField("historic", sight.historic());
                    json.writeStringField("clock", sight.clock());
                    json.writeStringField("software", sight.node().software());
                    json.writeNumberField(
                            "backlog", Math.max(0, sight.node().head() - sequences.highest()));
                    json.writeNumberField("highest", sequences.highest());
                    json.writeNumberField("through", sequences.through());
                    json.writeNumberField("received", sequences.receivedCount());
                    json.writeNumberField("lost", sequences.lostCount());
                    json.writeNumberField("missing", sequences.missingCount());
                    json.writeNumberField("heldBlocks", state.waiting().held().size());
                    json.writeNumberField("copies", sight.copies());
                    json.writeNumberField("quarantined", sight.quarantined());
                    json.writeArrayFieldStart("gaps");
                    for (Range gap : sequences.gaps().list().stream().limit(GAPS_MAX).toList()) {
                        json.writeString(gap.toString());
                    }
                    json.writeEndArray();
                });
    }

    static byte[] gap(StreamId stream, Range gap, String change, String how, Instant now) {
        return write(
                json -> {
                    json.writeStringField("stream", stream.toString());
                    json.writeStringField("change", change);
                    json.writeNumberField("from", gap.from());
                    json.writeNumberField("through", gap.through());
                    json.writeStringField("how", how);
                    json.writeStringField("at", now.toString());
                });
    }

    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] write(Fields fields) {
        var out = new ByteArrayOutputStream(400);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an array does not fail", e);
        }
        return out.toByteArray();
    }
}
