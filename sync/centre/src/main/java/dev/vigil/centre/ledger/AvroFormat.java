package dev.vigil.centre.ledger;

import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Avro, single-object encoding (Avro 1.12 specification, "Single-object encoding"): two bytes C3
 * 01, the schema's CRC-64-AVRO fingerprint, the record. The schema is {@code record.avsc} beside
 * this class. Owned by one thread, which reuses its buffer.
 */
final class AvroFormat implements RecordFormat {
    private static final int NULL = 0;
    private static final int PRESENT = 1;

    private final byte[] head = new byte[10];
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);

    AvroFormat() {
        long fingerprint = SchemaNormalization.parsingFingerprint64(schema());
        head[0] = (byte) 0xc3;
        head[1] = 0x01;
        for (int i = 0; i < 8; i++) {
            head[2 + i] = (byte) (fingerprint >>> (8 * i));
        }
    }

    static Schema schema() {
        try (InputStream text = AvroFormat.class.getResourceAsStream("record.avsc")) {
            if (text == null) {
                throw new IllegalStateException("record.avsc is not beside " + AvroFormat.class);
            }
            return new Schema.Parser().parse(text);
        } catch (IOException e) {
            throw new UncheckedIOException("record.avsc", e);
        }
    }

    @Override
    public String contentType() {
        return "application/avro";
    }

    @Override
    public byte[] value(StreamId stream, long sequence, SenmlRecord record) {
        bytes.reset();
        bytes.writeBytes(head);
        String text = record.text();
        try {
            encoder.writeString(stream.toString());
            encoder.writeLong(sequence);
            encoder.writeString(stream.node() + "/" + record.name());
            Instant at = record.at();
            encoder.writeLong(at.getEpochSecond());
            encoder.writeInt(at.getNano());
            if (text == null) {
                encoder.writeIndex(PRESENT);
                encoder.writeDouble(record.value());
            } else {
                encoder.writeIndex(NULL);
            }
            optional(record.unit());
            optional(text);
            optional(record.quality());
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("an array does not fail", e);
        }
        return bytes.toByteArray();
    }

    private void optional(@org.jspecify.annotations.Nullable String value) throws IOException {
        if (value == null) {
            encoder.writeIndex(NULL);
        } else {
            encoder.writeIndex(PRESENT);
            encoder.writeString(value);
        }
    }
}
