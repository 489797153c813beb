package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a simulated siren wrote: one line for each time it was switched, {@code
 * 2026-11-23T07:15:02.120331Z ON why}. Immutable view of a growing file.
 */
public record SirenFile(Path path) {
    /**
     * @param at when it was switched, by the node's clock
     * @param why incident that did it
     */
    public record Switched(Instant at, boolean on, String why, String line) {}

    /** All whole lines so far; none when the file is not there yet. */
    public List<Switched> lines() {
        if (!Files.exists(path)) {
            return List.of();
        }
        try {
            String text = Files.readString(path, StandardCharsets.UTF_8);
            int end = text.lastIndexOf('\n') + 1;
            return parse(text.substring(0, end));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read what the siren wrote: " + path, e);
        }
    }

    static List<Switched> parse(String text) {
        List<Switched> all = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 3);
            boolean on = words.length > 1 && words[1].equals("ON");
            if (words.length < 2 || (!on && !words[1].equals("OFF"))) {
                throw new TrialFailure(
                        "a siren's line is '%s', not 'TIME ON|OFF why'".formatted(line));
            }
            all.add(
                    new Switched(
                            Instant.parse(words[0]), on, words.length > 2 ? words[2] : "", line));
        }
        return List.copyOf(all);
    }
}
