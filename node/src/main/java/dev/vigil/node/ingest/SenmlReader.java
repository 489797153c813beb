package dev.vigil.node.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.UnitConversion;
import java.io.IOException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads SenML packs, JSON and CBOR (RFC 8428), as a stream of tokens; owned by one thread.
 *
 * <p>Base fields, sums of base and own fields, relative times (4.5), the version (4.4; features of
 * RFC 9100: secondary units may be used with any version) and must-understand labels (4.4) as the
 * RFC says. A pack that breaks a rule of the format is refused whole, because no record of it can
 * be trusted. A record that is well-formed but no reading - unknown name, wrong unit, not a number,
 * NaN - is refused alone: a broken humidity element must not hide the temperature beside it.
 *
 * <p>CBOR labels are the integers of RFC 8428, table 4; the text labels of JSON are taken as well,
 * because senders write them and nothing else can be meant.
 */
final class SenmlReader {
    private static final StreamReadConstraints CONSTRAINTS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNumberLength(128)
                    .maxNameLength(128)
                    .build();
    static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(CONSTRAINTS)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build();
    private static final CBORFactory CBOR =
            CBORFactory.builder()
                    .streamReadConstraints(CONSTRAINTS)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build();

    /** The version of RFC 8428; a higher one is a set of features (RFC 9100). */
    private static final int VERSION = 10;

    /** The feature that is understood: secondary units (RFC 9100, 4). */
    private static final int FEATURES = 16;

    private final Map<String, SensorChannel> channels;

    // The base fields, which hold from one record to the next.
    private String baseName = "";
    private double baseTime;
    private @Nullable String baseUnit;
    private double baseValue;
    private boolean hasBaseValue;

    // The fields of the record that is being read.
    private final Set<SenmlLabel> seen = EnumSet.noneOf(SenmlLabel.class);
    private boolean onlyBase;
    private String name = "";
    private @Nullable String unit;
    private double value;
    private double time;
    private boolean booleanValue;

    SenmlReader(Map<String, SensorChannel> channels) {
        this.channels = channels;
    }

    /** Adds what the pack holds to {@code into}, which the caller has begun. */
    void read(Message message, Pack into) throws UnreadablePayload {
        byte[] bytes = message.bytes();
        int offset = message.offset();
        int length = message.length();
        boolean cbor = length > 0 && isCbor(bytes[offset]);
        baseName = "";
        baseTime = 0;
        baseUnit = null;
        baseValue = 0;
        hasBaseValue = false;
        try (JsonParser parser =
                cbor
                        ? CBOR.createParser(bytes, offset, length)
                        : JSON.createParser(bytes, offset, length)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new UnreadablePayload(
                        QuarantineReason.NOT_SENML,
                        "payload is not a SenML pack: it must be an array of records (RFC 8428, 5 and 6), found %s"
                                .formatted(describe(parser.currentToken())));
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                readRecord(parser, cbor);
                resolve(into);
            }
            if (parser.nextToken() != null) {
                throw new UnreadablePayload(
                        QuarantineReason.NOT_READABLE, "more bytes behind the end of the pack");
            }
        } catch (IOException e) {
            throw new UnreadablePayload(
                    QuarantineReason.NOT_READABLE,
                    "payload is not %s: %s".formatted(cbor ? "CBOR" : "JSON", Excerpt.of(e)));
        }
    }

    /** Arrays (major type 4) and the self-description tag of RFC 8949; JSON is ASCII here. */
    private static boolean isCbor(byte first) {
        int b = first & 0xff;
        return (b >= 0x80 && b <= 0x9f) || b == 0xd9;
    }

    private void readRecord(JsonParser parser, boolean cbor) throws IOException, UnreadablePayload {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new UnreadablePayload(
                    QuarantineReason.NOT_SENML,
                    "a SenML record must be an object (RFC 8428, 4), found %s"
                            .formatted(describe(parser.currentToken())));
        }
        seen.clear();
        onlyBase = true;
        name = "";
        unit = null;
        value = 0;
        time = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String label = parser.currentName();
            SenmlLabel known = SenmlLabel.of(label, cbor);
            parser.nextToken();
            if (known == null) {
                if (label.endsWith("_")) {
                    throw new UnreadablePayload(
                            QuarantineReason.NOT_SENML,
                            "label '%s' must be understood (RFC 8428, 4.4) and is not"
                                    .formatted(Excerpt.of(label)));
                }
                parser.skipChildren();
                continue;
            }
            if (!seen.add(known)) {
                throw new UnreadablePayload(
                        QuarantineReason.NOT_SENML,
                        "label '%s' is there twice in a record".formatted(known.text()));
            }
            onlyBase &= known.isBase();
            readField(parser, known);
        }
    }

    private void readField(JsonParser parser, SenmlLabel label)
            throws IOException, UnreadablePayload {
        switch (label) {
            case BASE_NAME -> baseName = text(parser, label);
            case BASE_TIME -> baseTime = number(parser, label);
            case BASE_UNIT -> baseUnit = text(parser, label);
            case BASE_VALUE -> {
                baseValue = number(parser, label);
                hasBaseValue = true;
            }
            case BASE_VERSION -> checkVersion(number(parser, label));
            case NAME -> name = text(parser, label);
            case UNIT -> unit = text(parser, label);
            case TIME -> time = number(parser, label);
            case VALUE -> value = number(parser, label);
            case BOOLEAN_VALUE -> {
                if (!parser.currentToken().isBoolean()) {
                    throw wrongType(parser, label, "true or false");
                }
                booleanValue = parser.getBooleanValue();
            }
            // Known and valid, but no readings are made of them.
            case BASE_SUM, SUM, UPDATE_TIME -> number(parser, label);
            case STRING_VALUE -> text(parser, label);
            case DATA_VALUE -> parser.skipChildren();
        }
    }

    private void resolve(Pack into) {
        boolean hasValue = has(SenmlLabel.VALUE) || (hasBaseValue && has(SenmlLabel.NAME));
        if (onlyBase) {
            return; // Only base fields: it speaks of the records behind it.
        }
        String id = baseName.isEmpty() ? name : name.isEmpty() ? baseName : baseName + name;
        SensorChannel channel = channels.get(id);
        if (channel == null) {
            into.refuse(
                    QuarantineReason.UNKNOWN_CHANNEL,
                    "record '%s': the site has no channel of this name".formatted(Excerpt.of(id)));
            return;
        }
        Instant at = SampleTime.ofSenml(baseTime + time, into.arrival());
        if (channel.quantity() == Quantity.CONTACT && has(SenmlLabel.BOOLEAN_VALUE)) {
            into.add(channel, booleanValue ? 1 : 0, at);
            return;
        }
        if (!hasValue) {
            into.refuse(
                    QuarantineReason.NO_VALUE,
                    "record '%s' has no number value (v); %s needs one"
                            .formatted(id, channel.quantity().senmlName()));
            return;
        }
        String sent = unit != null ? unit : baseUnit;
        if (sent != null && sent.isEmpty()) {
            sent = null; // Nothing said; elsewhere it would mean the quantity's own unit.
        }
        double raw = hasBaseValue ? baseValue + value : value;
        if (channel.quantity().unit().equals(sent)) {
            into.add(channel, raw, at);
            return;
        }
        UnitConversion conversion =
                sent == null ? null : UnitConversion.to(channel.quantity(), sent).orElse(null);
        if (conversion == null) {
            into.refuse(
                    QuarantineReason.WRONG_UNIT,
                    "record '%s' has %s; %s is sent in one of %s"
                            .formatted(
                                    id,
                                    sent == null
                                            ? "no unit (u or bu)"
                                            : "unit '" + Excerpt.of(sent) + "'",
                                    channel.quantity().senmlName(),
                                    UnitConversion.symbolsFor(channel.quantity())));
            return;
        }
        into.add(channel, conversion.apply(raw), at);
    }

    private static void checkVersion(double version) throws UnreadablePayload {
        boolean plain = version >= 1 && version <= VERSION;
        boolean known = plain || ((int) version & ~(VERSION | FEATURES)) == 0;
        if (version != (int) version || version < 1 || !known) {
            throw new UnreadablePayload(
                    QuarantineReason.NOT_SENML,
                    "base version (bver) %s is not understood; 1 to %d is, and %d with secondary units (RFC 8428, 4.4; RFC 9100)"
                            .formatted(version, VERSION, VERSION | FEATURES));
        }
    }

    private boolean has(SenmlLabel label) {
        return seen.contains(label);
    }

    private static String text(JsonParser parser, SenmlLabel label)
            throws IOException, UnreadablePayload {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongType(parser, label, "a string");
        }
        return parser.getText();
    }

    private static double number(JsonParser parser, SenmlLabel label)
            throws IOException, UnreadablePayload {
        if (!parser.currentToken().isNumeric()) {
            throw wrongType(parser, label, "a number");
        }
        return parser.getDoubleValue();
    }

    private static UnreadablePayload wrongType(
            JsonParser parser, SenmlLabel label, String expected) {
        return new UnreadablePayload(
                QuarantineReason.NOT_SENML,
                "label '%s' must be %s (RFC 8428, table 1 and 2), found %s"
                        .formatted(label.text(), expected, describe(parser.currentToken())));
    }

    private static String describe(@Nullable JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT, END_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case VALUE_EMBEDDED_OBJECT -> "bytes";
            case FIELD_NAME, NOT_AVAILABLE -> "something else";
        };
    }
}
