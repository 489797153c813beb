package dev.vigil.centre.ledger;

import dev.vigil.centre.Topics;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A message that can not be read, as it goes to {@code vigil.quarantine}: as it came, and no larger
 * than Kafka takes. Stateless.
 */
final class QuarantinedMessage {
    /** How long the value was of which only the beginning is kept. */
    static final String TRUNCATED = "vigil_truncated";

    /** What comes compressed may be much larger than what may be sent. */
    private static final int VALUE_BYTES_MAX = 500_000;

    private static final int KEY_BYTES_MAX = 1_000;
    private static final int HEADERS_BYTES_MAX = 100_000;
    private static final int REASON_MAX = 500;

    private QuarantinedMessage() {}

    /** {@code origin}: topic, partition, offset; empty when it was part of another message. */
    static Record<byte @Nullable [], byte @Nullable []> of(
            Record<byte[], byte[]> message, String reason, String origin) {
        var headers = new RecordHeaders();
        int bytes = 0;
        for (Header header : message.headers()) {
            byte[] value = header.value() == null ? new byte[0] : header.value();
            bytes += header.key().length() + value.length;
            if (bytes <= HEADERS_BYTES_MAX) {
                headers.add(header);
            }
        }
        headers.remove(Topics.REASON).remove(Topics.ORIGIN).remove(TRUNCATED);
        headers.add(
                Topics.REASON,
                Decoded.utf8(reason.substring(0, Math.min(reason.length(), REASON_MAX))));
        if (!origin.isEmpty()) {
            headers.add(Topics.ORIGIN, Decoded.utf8(origin));
        }
        byte[] value = message.value();
        if (value != null && value.length > VALUE_BYTES_MAX) {
            headers.add(TRUNCATED, Decoded.utf8(Integer.toString(value.length)));
        }
        return new Record<>(
                cut(message.key(), KEY_BYTES_MAX),
                cut(value, VALUE_BYTES_MAX),
                message.timestamp(),
                headers);
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int max) {
        return bytes == null || bytes.length <= max ? bytes : Arrays.copyOf(bytes, max);
    }
}
