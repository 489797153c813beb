package dev.vigil.centre.ledger;

import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;

/** How a record is written into {@code vigil.readings} and {@code vigil.alarms}. */
public sealed interface RecordFormat permits JsonFormat, AvroFormat {
    /** Media type of the value (header {@code content-type}). */
    String contentType();

    /** One record with its place. */
    byte[] value(StreamId stream, long sequence, SenmlRecord record);

    /** {@code json} or {@code avro}. */
    static RecordFormat of(String word) {
        return switch (word) {
            case "json" -> new JsonFormat();
            case "avro" -> new AvroFormat();
            default ->
                    throw new IllegalArgumentException("format '%s': json or avro".formatted(word));
        };
    }
}
