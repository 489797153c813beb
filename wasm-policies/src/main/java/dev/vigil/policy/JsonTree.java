package dev.vigil.policy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as maps, lists, strings, doubles, booleans and {@link Null}. Stateless. */
public final class JsonTree {
    /** A JSON null; as text it is empty. */
    public enum Null {
        NULL;

        @Override
        public String toString() {
            return "";
        }
    }

    private JsonTree() {}

    /**
     * The one value a parser holds.
     *
     * @param parser before its first token; the caller's to close
     * @param depthMax objects and arrays that may lie in one another
     * @throws IOException when it is not JSON
     * @throws IllegalArgumentException when it ends early, is nested too deeply, or goes on behind
     *     the value
     */
    public static Object read(JsonParser parser, int depthMax) throws IOException {
        parser.nextToken();
        Object root = value(parser, depthMax);
        if (parser.nextToken() != null) {
            throw new IllegalArgumentException("something follows the JSON object");
        }
        return root;
    }

    private static Object value(JsonParser parser, int depthLeft) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null || depthLeft < 0) {
            throw new IllegalArgumentException("it ends early or is nested too deeply");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, value(parser, depthLeft - 1));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, depthLeft - 1));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> Null.NULL;
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalArgumentException("unexpected " + token);
        };
    }
}
