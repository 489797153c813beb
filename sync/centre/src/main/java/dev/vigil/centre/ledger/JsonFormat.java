package dev.vigil.centre.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.vigil.forward.SenmlJson;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * SenML JSON (RFC 8428, section 5) with {@code stream} and {@code seq}, as {@code ./vigil cat}
 * prints it. A text that is a JSON object (an alarm, a fault) is the object {@code data} instead of
 * the string {@code vs}. Stateless.
 */
final class JsonFormat implements RecordFormat {
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public byte[] value(StreamId stream, long sequence, SenmlRecord record) {
        String text = record.text();
        if (text == null || !isObject(text)) {
            return SenmlJson.line(stream, sequence, record).getBytes(StandardCharsets.UTF_8);
        }
        var empty = new SenmlRecord(record.name(), null, 0, "", record.quality(), record.at());
        String line = SenmlJson.line(stream, sequence, empty);
        return line.replace("\"vs\":\"\"", "\"data\":" + text.strip())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isObject(String text) {
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            json.skipChildren();
            return json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }
}
