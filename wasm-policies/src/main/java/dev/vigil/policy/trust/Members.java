package dev.vigil.policy.trust;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The members of a JSON object, read strictly: unknown ones are refused. Immutable. */
record Members(Map<?, ?> map, String what) {
    private static final double WHOLE_MAX = 9_007_199_254_740_991d;
    private static final int TEXT_MAX = 1024;

    static Members read(byte[] json, String what) {
        return new Members(Json.object(json, what), what);
    }

    /** A misspelt member of something signed is an error, not a remark. */
    Members only(String... known) {
        for (Object name : map.keySet()) {
            if (!Set.of(known).contains(name)) {
                throw wrong("member '%s' is unknown; there are %s".formatted(name, List.of(known)));
            }
        }
        return this;
    }

    boolean has(String member) {
        return map.containsKey(member);
    }

    String text(String member) {
        if (need(member) instanceof String text && !text.isBlank() && text.length() <= TEXT_MAX) {
            return text;
        }
        throw wrong(
                "'%s' is '%s', expected 1 to %d characters"
                        .formatted(member, shown(member), TEXT_MAX));
    }

    long whole(String member, long min, long max) {
        if (need(member) instanceof Double number
                && number == Math.rint(number)
                && Math.abs(number) <= WHOLE_MAX
                && number >= min
                && number <= max) {
            return number.longValue();
        }
        throw wrong(
                "'%s' is '%s', expected a whole number from %d to %d"
                        .formatted(member, shown(member), min, max));
    }

    boolean truth(String member) {
        if (need(member) instanceof Boolean truth) {
            return truth;
        }
        throw wrong("'%s' is '%s', expected true or false".formatted(member, shown(member)));
    }

    Instant time(String member) {
        String text = text(member);
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw wrong(
                    "'%s' is '%s', expected a time like 2026-11-23T10:00:00Z"
                            .formatted(member, text));
        }
    }

    Members object(String member) {
        if (need(member) instanceof Map<?, ?> object) {
            return new Members(object, what + ", '" + member + "'");
        }
        throw wrong("'%s' is not an object".formatted(member));
    }

    List<Members> objects(String member) {
        var objects = new ArrayList<Members>();
        for (Object element : list(member)) {
            if (!(element instanceof Map<?, ?> object)) {
                throw wrong("an element of '%s' is not an object".formatted(member));
            }
            objects.add(new Members(object, what + ", '" + member + "'"));
        }
        return objects;
    }

    List<String> texts(String member) {
        var texts = new ArrayList<String>();
        for (Object element : list(member)) {
            if (!(element instanceof String text)) {
                throw wrong("an element of '%s' is not a text".formatted(member));
            }
            texts.add(text);
        }
        return texts;
    }

    IllegalArgumentException wrong(String message) {
        return new IllegalArgumentException("%s: %s".formatted(what, message));
    }

    private List<?> list(String member) {
        if (need(member) instanceof List<?> list) {
            return list;
        }
        throw wrong("'%s' is not an array".formatted(member));
    }

    private Object need(String member) {
        Object value = map.get(member);
        if (value == null) {
            throw wrong("'%s' is missing".formatted(member));
        }
        return value;
    }

    private String shown(String member) {
        String text = String.valueOf(map.get(member));
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
}
