package dev.vigil.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jackson reads what our writer wrote: it is a stranger to both. */
final class StatusJsonTest {
    @Test
    void hasThePublishedShape() throws JsonProcessingException {
        JsonNode json = read(Pictures.calm());
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        assertEquals(
                List.of(
                        "node",
                        "description",
                        "now",
                        "startedAt",
                        "upSeconds",
                        "armed",
                        "missing",
                        "degraded",
                        "alarms",
                        "sensors",
                        "lanes",
                        "links",
                        "outputs",
                        "selfTest",
                        "policies",
                        "intake",
                        "quarantine",
                        "parts"),
                names);
        assertEquals("2026-03-01T12:00:00Z", json.at("/now").textValue());
        assertEquals(90_000.0, json.at("/upSeconds").doubleValue());
        assertTrue(json.at("/armed").booleanValue());
        assertEquals(
                new ObjectMapper()
                        .readTree(
                                """
                                {"id":"kitchen/temperature","zone":"kitchen","quantity":"temperature","unit":"Cel",
                                 "state":"ok","fault":null,"value":22.25,"quality":"GOOD",
                                 "at":"2026-03-01T11:59:58.500Z","ageSeconds":1.5}
                                """),
                json.at("/sensors/0"));
        assertEquals(
                new ObjectMapper()
                        .readTree(
                                """
                                {"lane":"alarm","records":0,"bytes":81920,"budgetBytes":67108864,"oldestAgeSeconds":0.0,
                                 "hoursLeft":null,"droppedRecords":0,"dropped":{},"writtenBytes":12345}
                                """)
                        .toString(),
                json.at("/lanes/0").toString());
        assertEquals(
                "{\"readings\":5000123,\"acknowledged\":4000000,\"quarantined\":0,\"refused\":2,\"inboxSize\":5,\"inboxCapacity\":8192,\"connections\":42}",
                json.at("/intake").toString());
    }

    @Test
    void saysWhatASensorsTroubleIs() throws JsonProcessingException {
        JsonNode json = read(Pictures.fire());
        List<String> states = new ArrayList<>();
        json.at("/sensors").forEach(sensor -> states.add(sensor.at("/state").textValue()));
        assertEquals(List.of("ok", "ok", "ok", "ok", "fault", "waiting", "stale"), states);
        assertTrue(json.at("/sensors/5/value").isNull());
        assertEquals(17, json.at("/lanes/1/dropped/space").intValue());
        assertEquals("no broker answers", json.at("/links/0/error").textValue());
        assertEquals(600.0, json.at("/links/0/forSeconds").doubleValue());
    }

    @Test
    void keepsWhatItQuotesAsText() throws JsonProcessingException {
        JsonNode message = read(Pictures.fire()).at("/quarantine/0");
        assertEquals(
                "vigil/readings/<script>alert(1)</script>/t", message.at("/topic").textValue());
        String odd = "a\"b\\c\nd\te\u0000f\u2028g\uD800h\u00e9\uD83D\uDD25";
        String text = new Json().open('{').put("odd", odd).close('}').toString();
        assertEquals(odd, new ObjectMapper().readTree(text).at("/odd").textValue());
        assertFalse(text.chars().anyMatch(c -> c < ' ' || Character.isSurrogate((char) c)), text);
    }

    @Test
    void writesNoNumberThatJsonDoesNotHave() {
        assertEquals(
                "{\"a\":null,\"b\":null,\"c\":1.0E-5}",
                new Json()
                        .open('{')
                        .put("a", (Double) Double.NaN)
                        .put("b", (Double) Double.POSITIVE_INFINITY)
                        .put("c", (Double) 1e-5)
                        .close('}')
                        .toString());
    }

    private static JsonNode read(NodeStatus status) throws JsonProcessingException {
        return new ObjectMapper().readTree(StatusJson.of(status));
    }
}
