package dev.vigil.policy.tool;

import java.util.Locale;

/**
 * What a reading costs.
 *
 * @param policy name of the policy
 * @param machine what it ran on
 * @param nanos per reading of the processor's time, median of slices
 * @param hazards of the first {@link BenchReadings#ROUNDS} rounds: the same on all machines
 */
record Figure(String policy, String machine, double nanos, long hazards) {
    /** One line, for whoever started this in a process of its own. */
    String line() {
        return String.format(Locale.ROOT, "figure %s %s %.2f %d", policy, machine, nanos, hazards);
    }

    /** What {@link #line} wrote. */
    static Figure of(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 5 || !words[0].equals("figure")) {
            throw new IllegalArgumentException("'%s' is no figure".formatted(line));
        }
        return new Figure(
                words[1], words[2], Double.parseDouble(words[3]), Long.parseLong(words[4]));
    }
}
