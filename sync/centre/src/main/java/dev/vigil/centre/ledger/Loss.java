package dev.vigil.centre.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.forward.SenmlRecord;
import java.util.Optional;

/**
 * What a node says of sequences that no record will come for: a record {@code loss/<lane>} of its
 * lane ALARM (sync/forward). Immutable.
 *
 * @param stream whose sequences they are, as it is written: {@code node/incarnation/lane}
 * @param reason begins with {@code unused:} for numbers that no record is known to have had
 */
record Loss(String stream, Range range, String reason) {
    private static final String NAME_PREFIX = "loss/";
    private static final ObjectMapper JSON = new ObjectMapper();

    boolean isUnused() {
        return reason.startsWith("unused:");
    }

    static boolean isOne(SenmlRecord record) {
        return record.name().startsWith(NAME_PREFIX) && record.text() != null;
    }

    /** Empty when the text does not tell a loss of a stream of {@code node}. */
    static Optional<Loss> parse(String text, String node) {
        try {
            JsonNode json = JSON.readTree(text);
            String stream = json.path("stream").asText();
            long from = json.path("from").asLong();
            long through = json.path("through").asLong();
            if (!stream.startsWith(node + "/") || from < 1 || through < from) {
                return Optional.empty();
            }
            return Optional.of(
                    new Loss(stream, new Range(from, through), json.path("reason").asText()));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** The node of a stream's name. */
    static String node(String stream) {
        int slash = stream.indexOf('/');
        return slash < 0 ? stream : stream.substring(0, slash);
    }
}
