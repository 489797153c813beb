package dev.vigil.node.site;

import java.util.Collection;
import java.util.Optional;

/** Finds what a mistyped word was meant to be. Stateless. */
final class NearestWord {
    private static final int LENGTH_MAX = 64;

    private NearestWord() {}

    /** {@code ; did you mean 'temperature'?}, or nothing when no candidate is near. */
    static String hint(String word, Collection<String> candidates) {
        return of(word, candidates).map("; did you mean '%s'?"::formatted).orElse("");
    }

    /** The candidate that differs in the fewest letters, if in no more than a third of them. */
    static Optional<String> of(String word, Collection<String> candidates) {
        String best = null;
        int bestDistance = Math.max(1, Math.min(word.length(), LENGTH_MAX) / 3) + 1;
        for (String candidate : candidates) {
            if (Math.max(word.length(), candidate.length()) <= LENGTH_MAX) {
                int distance = distance(word, candidate);
                if (distance < bestDistance) {
                    bestDistance = distance;
                    best = candidate;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
