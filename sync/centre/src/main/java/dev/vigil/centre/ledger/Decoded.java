package dev.vigil.centre.ledger;

import dev.vigil.forward.BlockHeaders;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The form of what is published record by record: key, headers (CloudEvents 1.0 in binary mode,
 * Kafka protocol binding 1.0.2, section 3.2), value. Owned by one thread, as its format is.
 */
final class Decoded {
    private static final List<String> KINDS = List.of("alarm", "fault", "loss", "policy");
    private static final byte[] VERSION = utf8(BlockHeaders.SPEC);
    private static final byte[] READING = type("reading");
    private static final byte[] NOTICE = type("notice");
    private static final Map<String, byte[]> TYPES =
            KINDS.stream().collect(Collectors.toUnmodifiableMap(kind -> kind, Decoded::type));

    private final RecordFormat format;
    private final byte[] contentType;

    Decoded(RecordFormat format) {
        this.format = format;
        this.contentType = utf8(format.contentType());
    }

    /** The form of one message's records; what they have in common is made once. */
    Records records(UplinkMessage.Intact message) {
        return new Records(message);
    }

    /** Of one message. Owned by the thread of what made it. */
    final class Records {
        private final StreamId stream;
        private final String idPrefix;
        private final String keyPrefix;
        private final byte[] source;
        private final byte[] historic;
        private final byte[] clock;

        /** A message has many records of few names. */
        private final Map<String, byte[]> keys = new HashMap<>();

        private Records(UplinkMessage.Intact message) {
            stream = message.block().stream();
            String name = stream.toString();
            idPrefix = name + "/";
            keyPrefix = stream.node() + "/";
            source = utf8(name);
            historic = utf8(Boolean.toString(message.historic()));
            clock = utf8(message.clock());
        }

        byte[] key(SenmlRecord record) {
            return keys.computeIfAbsent(record.name(), name -> utf8(keyPrefix + name));
        }

        byte[] value(long sequence, SenmlRecord record) {
            return format.value(stream, sequence, record);
        }

        Headers headers(long sequence, SenmlRecord record) {
            var headers = new RecordHeaders();
            headers.add(BlockHeaders.SPEC_VERSION, VERSION);
            headers.add(BlockHeaders.ID, utf8(idPrefix + sequence));
            headers.add(BlockHeaders.SOURCE, source);
            headers.add(BlockHeaders.EVENT_TYPE, typeOf(stream.lane(), record));
            BlockHeaders.time(record.at())
                    .ifPresent(time -> headers.add(BlockHeaders.TIME, utf8(time)));
            headers.add(BlockHeaders.CONTENT_TYPE, contentType);
            headers.add(BlockHeaders.HISTORIC, historic);
            headers.add(BlockHeaders.CLOCK_QUALITY, clock);
            return headers;
        }
    }

    private static byte[] typeOf(Lane lane, SenmlRecord record) {
        return switch (lane) {
            case HISTORY -> READING;
            case ALARM -> {
                int slash = record.name().indexOf('/');
                String kind = slash < 0 ? "" : record.name().substring(0, slash);
                yield TYPES.getOrDefault(kind, NOTICE);
            }
        };
    }

    private static byte[] type(String kind) {
        return utf8("dev.vigil.%s.v1".formatted(kind));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
