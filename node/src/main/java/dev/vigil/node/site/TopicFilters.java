package dev.vigil.node.site;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** MQTT topic filters (MQTT 5.0, section 4.7). Stateless. */
final class TopicFilters {
    private static final int BYTES_MAX = 65_535;

    private TopicFilters() {}

    /** What is wrong with a filter, if anything. */
    static Optional<String> problem(String filter) {
        if (filter.isEmpty() || filter.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            return Optional.of("a topic filter has 1 to 65535 bytes");
        }
        if (filter.startsWith("$share/")) {
            return Optional.of("shared subscriptions don't keep the order of a sensor's messages");
        }
        String[] levels = filter.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            boolean alone = levels[i].length() == 1;
            if (levels[i].contains("+") && !alone) {
                return Optional.of("'+' stands for a whole level: a/+/b");
            }
            if (levels[i].contains("#") && (!alone || i != levels.length - 1)) {
                return Optional.of("'#' stands alone and last: a/#");
            }
        }
        return Optional.empty();
    }

    static boolean hasWildcard(String filter) {
        return filter.contains("+") || filter.contains("#");
    }

    /** How many {@code +} there are, so how far {@code {1}}, {@code {2}} go. */
    static int singleLevels(String filter) {
        return (int) filter.chars().filter(c -> c == '+').count();
    }
}
