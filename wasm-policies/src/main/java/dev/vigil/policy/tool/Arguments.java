package dev.vigil.policy.tool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The words after a command's name: names, options with a value, and flags. Immutable.
 *
 * @param names words that are no options, in order
 * @param options values of each option, in order
 */
record Arguments(List<String> names, Map<String, List<String>> options) {
    /**
     * @param valued options that take the next word as their value
     * @param flags options that take none
     * @throws ToolFailure naming a word that is not understood
     */
    static Arguments of(List<String> words, Set<String> valued, Set<String> flags) {
        List<String> names = new ArrayList<>();
        Map<String, List<String>> options = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-") || word.equals("-")) {
                names.add(word);
            } else if (flags.contains(word)) {
                options.computeIfAbsent(word, key -> new ArrayList<>()).add("");
            } else if (!valued.contains(word)) {
                throw ToolFailure.usage("unknown option '%s'".formatted(word));
            } else if (i + 1 == words.size()) {
                throw ToolFailure.usage("option %s needs a value".formatted(word));
            } else {
                options.computeIfAbsent(word, key -> new ArrayList<>()).add(words.get(++i));
            }
        }
        return new Arguments(List.copyOf(names), Map.copyOf(options));
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    List<String> all(String option) {
        return options.getOrDefault(option, List.of());
    }

    /** The value of an option that may be given once. */
    Optional<String> one(String option) {
        List<String> values = all(option);
        if (values.size() > 1) {
            throw ToolFailure.usage(
                    "option %s is given %d times, once is enough".formatted(option, values.size()));
        }
        return values.stream().findFirst();
    }

    String need(String option) {
        return one(option)
                .orElseThrow(() -> ToolFailure.usage("option %s is missing".formatted(option)));
    }

    /** The only name there is. */
    String name(String what) {
        if (names.size() != 1) {
            throw ToolFailure.usage("one %s is needed, got %s".formatted(what, names));
        }
        return names.getFirst();
    }

    /** {@code --set name=value}, for the settings of a policy. */
    Map<String, Double> settings() {
        Map<String, Double> settings = new TreeMap<>();
        for (String word : all("--set")) {
            int equals = word.indexOf('=');
            try {
                settings.put(
                        word.substring(0, Math.max(0, equals)),
                        Double.valueOf(word.substring(equals + 1)));
            } catch (NumberFormatException e) {
                throw ToolFailure.usage(
                        "--set %s: it is NAME=NUMBER, as in --set high=62.5".formatted(word));
            }
        }
        return settings;
    }
}
