package dev.vigil.node.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.policy.Hazard;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Incident changes and faults as records of the ALARM lane: a SenML string value that holds JSON
 * with the words of CAP 1.2. The same JSON is published over MQTT.
 */
final class AlarmRecord {
    private static final JsonFactory JSON = new JsonFactory();

    private AlarmRecord() {}

    static SenmlRecord of(IncidentChange change) {
        return SenmlRecord.text("alarm/" + change.incident().id(), json(change), change.at());
    }

    /** A fault of the node itself that begins ({@code active}) or ends. */
    static SenmlRecord fault(String subject, String detail, boolean active, Instant at) {
        return SenmlRecord.text(
                "fault/" + subject,
                write(
                        json -> {
                            json.writeStringField("fault", subject);
                            json.writeBooleanField("active", active);
                            json.writeStringField("detail", detail);
                            json.writeStringField("at", at.toString());
                        }),
                at);
    }

    /** An operator has an output switched on for a moment. */
    static SenmlRecord outputTest(Arrival.OutputTest order) {
        return SenmlRecord.text(
                "output/" + order.output(),
                write(
                        json -> {
                            json.writeStringField("output", order.output());
                            json.writeStringField("status", "Test"); // CAP 1.2, 3.2.1
                            json.writeNumberField("seconds", order.length().toSeconds());
                            json.writeStringField("by", order.who());
                            json.writeStringField("at", order.receivedAt().toString());
                        }),
                order.receivedAt());
    }

    static SenmlRecord text(String name, Instant at, Fields fields) {
        return SenmlRecord.text(name, write(fields), at);
    }

    static String json(IncidentChange change) {
        Incident incident = change.incident();
        Hazard cause = incident.cause();
        return write(
                json -> {
                    json.writeStringField("incident", incident.id());
                    json.writeStringField("change", change.kind().name());
                    json.writeStringField("msgType", change.kind().capMessageType());
                    json.writeStringField("zone", incident.zone());
                    json.writeStringField("state", incident.state());
                    json.writeStringField("severity", capitalised(incident.level().name()));
                    json.writeStringField("urgency", urgency(incident));
                    json.writeStringField("certainty", certainty(cause));
                    json.writeStringField("openedAt", incident.openedAt().toString());
                    json.writeStringField("at", change.at().toString());
                    if (!change.note().isEmpty()) {
                        json.writeStringField("note", change.note());
                    }
                    json.writeObjectFieldStart("cause");
                    json.writeStringField("policy", cause.policy());
                    json.writeStringField("code", cause.code());
                    json.writeStringField("sensor", cause.channel().id().name());
                    json.writeNumberField("value", cause.value());
                    json.writeStringField("unit", cause.channel().quantity().unit());
                    json.writeNumberField("limit", cause.limit());
                    json.writeNumberField("score", cause.score());
                    json.writeStringField("measuredAt", cause.at().toString());
                    json.writeEndObject();
                    json.writeArrayFieldStart("active");
                    for (Incident.Key key : incident.active().keySet()) {
                        json.writeString(key.policy() + " " + key.sensor() + " " + key.code());
                    }
                    json.writeEndArray();
                });
    }

    /** CAP 1.2: Immediate while a hazard is active, Past when all are gone. */
    private static String urgency(Incident incident) {
        if (incident.active().isEmpty()) {
            return "Past";
        }
        return incident.level().compareTo(Incidents.ALARM) >= 0 ? "Immediate" : "Expected";
    }

    /** CAP 1.2: what a good reading shows is Observed, what an uncertain one shows is Likely. */
    private static String certainty(Hazard cause) {
        return switch (cause.quality()) {
            case GOOD -> "Observed";
            case UNCERTAIN -> "Likely";
            case BAD -> "Possible";
        };
    }

    private static String capitalised(String word) {
        return word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT);
    }

    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static String write(Fields fields) {
        StringWriter out = new StringWriter(400);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return out.toString();
    }

    /**
     * Scalars of a record's object and of the objects in it, by dotted name; nothing when it is not
     * readable.
     */
    static Map<String, String> fields(String text) {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            String prefix = "";
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.START_OBJECT && json.currentName() != null) {
                    prefix = json.currentName() + ".";
                } else if (token == JsonToken.END_OBJECT) {
                    prefix = "";
                } else if (token.isScalarValue() && json.currentName() != null) {
                    fields.put(prefix + json.currentName(), json.getText());
                }
            }
        } catch (IOException _) {
            return Map.of();
        }
        return fields;
    }
}
