package dev.vigil.centre.ledger;

import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The form of what is published record by record: key, headers (CloudEvents 1.0 in binary mode,
 * Kafka protocol binding 1.0.2, section 3.2), value. Owned by one thread, as its format is.
 */
final class Decoded {
    /** RFC 3339 has years 0000 to 9999. */
    private static final Instant TIME_MIN = Instant.parse("0000-01-01T00:00:00Z");

    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59Z");
    private static final Set<String> KINDS = Set.of("alarm", "fault", "loss", "policy");
    private static final byte[] VERSION = utf8("1.0");
    private static final byte[] READING = utf8("dev.vigil.reading.v1");

    private final RecordFormat format;
    private final byte[] contentType;

    Decoded(RecordFormat format) {
        this.format = format;
        this.contentType = utf8(format.contentType());
    }

    byte[] key(StreamId stream, SenmlRecord record) {
        return utf8(stream.node() + "/" + record.name());
    }

    byte[] value(StreamId stream, long sequence, SenmlRecord record) {
        return format.value(stream, sequence, record);
    }

    Headers headers(UplinkMessage.Intact message, long sequence, SenmlRecord record) {
        StreamId stream = message.block().stream();
        var headers = new RecordHeaders();
        headers.add("ce_specversion", VERSION);
        headers.add("ce_id", utf8(stream + "/" + sequence));
        headers.add("ce_source", utf8(stream.toString()));
        headers.add("ce_type", type(stream.lane(), record));
        if (!record.at().isBefore(TIME_MIN) && !record.at().isAfter(TIME_MAX)) {
            headers.add("ce_time", utf8(record.at().toString()));
        }
        headers.add("content-type", contentType);
        headers.add("vigil_hist", utf8(Boolean.toString(message.historic())));
        headers.add("vigil_tq", utf8(message.clock()));
        return headers;
    }

    private static byte[] type(Lane lane, SenmlRecord record) {
        return switch (lane) {
            case HISTORY -> READING;
            case ALARM -> {
                int slash = record.name().indexOf('/');
                String kind = slash < 0 ? "" : record.name().substring(0, slash);
                yield utf8("dev.vigil.%s.v1".formatted(KINDS.contains(kind) ? kind : "notice"));
            }
        };
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
