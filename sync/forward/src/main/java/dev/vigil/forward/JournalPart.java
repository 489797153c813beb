package dev.vigil.forward;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which records of which closed journal a command is about: {@code --journal DIR [--lane
 * alarm|history] [--from SEQUENCE]}. Immutable.
 */
record JournalPart(String directory, List<Lane> lanes, long from) {
    JournalPart {
        lanes = List.copyOf(lanes);
    }

    /**
     * Reads those options.
     *
     * @throws IllegalArgumentException names the option and what it has to be
     */
    static JournalPart of(Map<String, String> options) {
        return new JournalPart(
                Path.of(options.getOrDefault("--journal", ""))
                        .toAbsolutePath()
                        .normalize()
                        .toString(),
                lanes(options.get("--lane")),
                sequence(options, "--from", 1));
    }

    /** An option that is a sequence; {@code otherwise} when it is not there. */
    static long sequence(Map<String, String> options, String option, long otherwise) {
        String text = options.get(option);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("\\d{1,18}")) {
            throw new IllegalArgumentException(
                    "%s %s: a sequence is a number".formatted(option, text));
        }
        return Long.parseLong(text);
    }

    private static List<Lane> lanes(@Nullable String word) {
        if (word == null) {
            return List.of(Lane.values());
        }
        return List.of(
                Lane.of(word.toLowerCase(Locale.ROOT))
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "--lane %s: alarm or history".formatted(word))));
    }
}
