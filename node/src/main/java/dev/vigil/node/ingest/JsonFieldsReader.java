package dev.vigil.node.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.vigil.sensor.Quantity;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Finds a value, and a time, in any JSON by pointer (RFC 6901), as a stream: what no pointer leads
 * to is skipped. Owned by one thread.
 *
 * <p>The value may be a number, a number as text, or true and false of a contact; the time seconds
 * or milliseconds since 1970, or ISO 8601. A time that is missing or none is treated like an
 * implausible one.
 */
final class JsonFieldsReader {
    private Route.@Nullable JsonFields route;
    private @Nullable Double value;
    private boolean hasValue;
    private @Nullable String valueFound;
    private @Nullable Instant time;

    /** Adds what the payload holds to {@code into}, which the caller has begun. */
    void read(Message message, Route.JsonFields fields, Pack into) throws UnreadablePayload {
        route = fields;
        value = null;
        hasValue = false;
        valueFound = null;
        time = null;
        try (JsonParser parser =
                SenmlReader.JSON.createParser(
                        message.bytes(), message.offset(), message.length())) {
            if (parser.nextToken() == null) {
                throw new UnreadablePayload(
                        QuarantineReason.NOT_READABLE, "payload is empty, expected JSON");
            }
            visit(parser, 0, fields.value(), fields.time());
            if (parser.nextToken() != null) {
                throw new UnreadablePayload(
                        QuarantineReason.NOT_READABLE, "more bytes behind the end of the JSON");
            }
        } catch (IOException e) {
            throw new UnreadablePayload(
                    QuarantineReason.NOT_READABLE, "payload is not JSON: " + Excerpt.of(e));
        }
        Double found = value;
        if (found == null) {
            throw new UnreadablePayload(
                    QuarantineReason.NO_VALUE,
                    hasValue
                            ? "the value of '%s' is %s, not a number"
                                    .formatted(fields.channel().id(), valueFound)
                            : "no field at the pointer of '%s': /%s"
                                    .formatted(
                                            fields.channel().id(),
                                            String.join("/", fields.value().tokens())));
        }
        into.add(
                fields.channel(),
                fields.conversion().apply(found),
                fields.time() == null ? into.arrival() : time);
    }

    /** At a value; {@code toValue} and {@code toTime} are null when they lead elsewhere. */
    private void visit(
            JsonParser parser, int depth, @Nullable Pointer toValue, @Nullable Pointer toTime)
            throws IOException {
        if (toValue != null && toValue.size() == depth) {
            takeValue(parser);
        }
        if (toTime != null && toTime.size() == depth) {
            takeTime(parser);
        }
        boolean deeper =
                (toValue != null && toValue.size() > depth)
                        || (toTime != null && toTime.size() > depth);
        if (!deeper) {
            parser.skipChildren();
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                visit(parser, depth + 1, along(toValue, depth, field), along(toTime, depth, field));
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                String index = Integer.toString(i);
                visit(parser, depth + 1, along(toValue, depth, index), along(toTime, depth, index));
            }
        }
    }

    private static @Nullable Pointer along(@Nullable Pointer pointer, int depth, String token) {
        return pointer != null && pointer.names(depth, token) ? pointer : null;
    }

    private void takeValue(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        hasValue = true;
        valueFound = token.isScalarValue() ? Excerpt.of(parser.getText()) : "not a single value";
        if (token.isNumeric()) {
            value = parser.getDoubleValue();
        } else if (token == JsonToken.VALUE_STRING) {
            value = DecimalNumber.parse(parser.getText().strip());
        } else if (token.isBoolean()
                && route != null
                && route.channel().quantity() == Quantity.CONTACT) {
            value = parser.getBooleanValue() ? 1.0 : 0.0;
        }
    }

    private void takeTime(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token.isNumeric()) {
            time = SampleTime.ofEpoch(parser.getDoubleValue());
        } else if (token == JsonToken.VALUE_STRING) {
            time = SampleTime.ofText(parser.getText().strip());
        }
    }
}
