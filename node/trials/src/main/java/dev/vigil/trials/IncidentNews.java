package dev.vigil.trials;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What a node publishes about an incident, on {@code vigil/v1/<org>/<node>/alarm/incident/<zone>}.
 *
 * @param change {@code OPENED}, {@code ESCALATED}, {@code JOINED} and so on
 * @param severity of CAP 1.2: {@code Minor} to {@code Extreme}
 */
record IncidentNews(Instant at, String change, String zone, String severity, Cause cause) {
    /**
     * What made it what it is.
     *
     * @param code the policy's word for what it found
     * @param score what the policy compared with {@code limit}
     */
    record Cause(String code, String sensor, double score, double limit) {}

    private static final JsonFactory JSON = new JsonFactory();

    static IncidentNews parse(byte[] payload) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(payload)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isScalarValue() && !json.getParsingContext().inArray()) {
                    fields.put(json.currentName(), json.getText());
                }
            }
        }
        return new IncidentNews(
                Instant.parse(field(fields, "at")),
                field(fields, "change"),
                field(fields, "zone"),
                field(fields, "severity"),
                new Cause(
                        field(fields, "code"),
                        field(fields, "sensor"),
                        Double.parseDouble(field(fields, "score")),
                        Double.parseDouble(field(fields, "limit"))));
    }

    /** From severe on somebody has to be woken. */
    boolean isAlarm() {
        return severity.equals("Severe") || severity.equals("Extreme");
    }

    private static String field(Map<String, String> fields, String name) throws IOException {
        String value = fields.get(name);
        if (value == null) {
            throw new IOException("an incident's message has no '%s': %s".formatted(name, fields));
        }
        return value;
    }
}
