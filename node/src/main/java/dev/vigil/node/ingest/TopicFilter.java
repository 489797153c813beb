package dev.vigil.node.ingest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT topic filter (MQTT 3.1.1 and 5, section 4.7), cut into levels once; immutable.
 *
 * <p>{@code +} stands for one level, a last {@code #} for any number of them, its parent included;
 * a filter that begins with a wildcard does not match topics that begin with {@code $}.
 */
final class TopicFilter {
    private final String filter;
    private final String[] levels;
    private final boolean open;

    private TopicFilter(String filter, String[] levels, boolean open) {
        this.filter = filter;
        this.levels = levels;
        this.open = open;
    }

    /**
     * @throws IllegalArgumentException for what section 4.7 does not allow
     */
    static TopicFilter of(String filter) {
        if (filter.isEmpty() || filter.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "topic filter '%s' must have at least one character and no NUL (MQTT 4.7.3)"
                            .formatted(filter));
        }
        List<String> levels = new ArrayList<>(List.of(filter.split("/", -1)));
        boolean open = levels.getLast().equals("#");
        if (open) {
            levels.removeLast();
        }
        for (String level : levels) {
            if (level.indexOf('#') >= 0 || (level.indexOf('+') >= 0 && level.length() > 1)) {
                throw new IllegalArgumentException(
                        "topic filter '%s': '+' must fill a level and '#' must be the last one (MQTT 4.7.1)"
                                .formatted(filter));
            }
        }
        return new TopicFilter(filter, levels.toArray(String[]::new), open);
    }

    boolean hasWildcards() {
        if (open) {
            return true;
        }
        for (String level : levels) {
            if (level.equals("+")) {
                return true;
            }
        }
        return false;
    }

    boolean matches(String topic) {
        return match(topic, null);
    }

    /** What the {@code +} levels stood for, in order; null when the topic does not match. */
    @Nullable List<String> wildcards(String topic) {
        List<String> found = new ArrayList<>();
        return match(topic, found) ? found : null;
    }

    private boolean match(String topic, @Nullable List<String> found) {
        boolean beginsWithWildcard = levels.length == 0 || levels[0].equals("+");
        if (beginsWithWildcard && topic.startsWith("$")) {
            return false;
        }
        int from = 0;
        for (int i = 0; i < levels.length; i++) {
            if (from > topic.length()) {
                return false;
            }
            int slash = topic.indexOf('/', from);
            int to = slash < 0 ? topic.length() : slash;
            String level = levels[i];
            if (level.equals("+")) {
                if (found != null) {
                    found.add(topic.substring(from, to));
                }
            } else if (level.length() != to - from || !topic.startsWith(level, from)) {
                return false;
            }
            from = to + 1;
        }
        // Behind the last level of the topic, "from" is one beyond its end.
        return open || from > topic.length();
    }

    @Override
    public String toString() {
        return filter;
    }
}
