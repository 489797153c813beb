package dev.vigil.node;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** {@code vigil incident acknowledge|reset ID [--page URL]}: tells the running node. */
final class IncidentCommand {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private IncidentCommand() {}

    static int run(List<String> words, PrintStream out, PrintStream err) {
        boolean page = words.size() == 4 && words.get(2).equals("--page");
        if (words.size() != 2 && !page) {
            err.println(
                    "usage: vigil incident acknowledge|reset ID [--page http://127.0.0.1:8080]");
            return 2;
        }
        try {
            return NodeRequest.post(
                            page ? words.get(3) : NodeRequest.PAGE,
                            "/api/incidents/%s/%s".formatted(words.get(1), words.get(0)),
                            new byte[0])
                    .send(ANSWER_MAX, 202, out, err);
        } catch (IllegalArgumentException e) {
            err.println("vigil: " + e.getMessage());
            return 2;
        }
    }
}
