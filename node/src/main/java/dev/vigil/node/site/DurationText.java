package dev.vigil.node.site;

import java.time.Duration;

/** Durations as site.yaml writes them. Stateless. */
final class DurationText {
    private DurationText() {}

    /** In the largest unit that needs no fraction: {@code 24h}, {@code 90s}, {@code 20ms}. */
    static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 86_400_000 == 0 && millis != 86_400_000) {
            return millis / 86_400_000 + "d";
        }
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
