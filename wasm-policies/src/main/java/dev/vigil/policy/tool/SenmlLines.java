package dev.vigil.policy.tool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.vigil.sensor.Quantity;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lines of {@code vigil cat}: readings of a node's history. What is no reading (alarms, losses)
 * is passed over. A journal doesn't hold the zones of site.yaml; here a channel's zone is its name
 * without the quantity. Stateless.
 */
final class SenmlLines {
    private static final JsonFactory JSON = new JsonFactory();

    private SenmlLines() {}

    static Readings read(String source, Stream<String> lines) {
        Readings readings = new Readings();
        long number = 0;
        for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
            String line = each.next();
            number++;
            try {
                add(readings, fields(line));
            } catch (IOException | IllegalArgumentException e) {
                throw ToolFailure.usage(
                        "%s, line %d is no line of 'vigil cat': %s"
                                .formatted(source, number, e.getMessage()));
            }
        }
        if (readings.channels().isEmpty()) {
            throw ToolFailure.usage("%s has no readings".formatted(source));
        }
        return readings;
    }

    private static void add(Readings readings, Map<String, String> fields) {
        String stream = fields.getOrDefault("stream", "");
        String name = fields.getOrDefault("n", "");
        String value = fields.get("v");
        int node = name.indexOf('/');
        int last = name.lastIndexOf('/');
        if (!stream.endsWith("/history") || value == null || node < 0 || last <= node) {
            return;
        }
        Optional<Quantity> quantity = Quantity.named(name.substring(last + 1));
        if (quantity.isEmpty()) {
            return;
        }
        String quality = fields.getOrDefault("q", "good");
        BigDecimal seconds = new BigDecimal(fields.getOrDefault("t", "0"));
        readings.add(
                readings.channel(
                        name.substring(node + 1), quantity.get(), name.substring(node + 1, last)),
                Instant.EPOCH.plusNanos(seconds.movePointRight(9).longValue()),
                Double.parseDouble(value),
                Readings.quality(quality));
    }

    private static Map<String, String> fields(String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = JSON.createParser(line)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken().isScalarValue()
                        && parser.currentToken() != JsonToken.VALUE_NULL) {
                    fields.put(parser.currentName(), parser.getText());
                }
            }
        }
        return fields;
    }
}
