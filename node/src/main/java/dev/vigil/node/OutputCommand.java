package dev.vigil.node;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code vigil output list|test|silence}: asks the running node. */
final class OutputCommand {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final String USAGE =
            "usage: vigil output list | test ID [SECONDS] | silence  [--page http://127.0.0.1:8080]";

    private OutputCommand() {}

    static int run(List<String> words, PrintStream out, PrintStream err) {
        List<String> rest = new ArrayList<>(words);
        String page = NodeRequest.PAGE;
        int at = rest.indexOf("--page");
        if (at >= 0 && at == rest.size() - 2) {
            page = rest.removeLast();
            rest.removeLast();
        }
        String order = rest.isEmpty() ? "" : rest.removeFirst();
        try {
            if (order.equals("list") && rest.isEmpty()) {
                return NodeRequest.get(page, "/api/outputs").send(ANSWER_MAX, 200, out, err);
            }
            if (order.equals("silence") && rest.isEmpty()) {
                return post(page, "/api/outputs/silence", out, err);
            }
            if (order.equals("test") && (rest.size() == 1 || rest.size() == 2)) {
                String seconds = rest.size() == 2 ? "?seconds=" + rest.getLast() : "";
                return post(
                        page,
                        "/api/outputs/%s/test%s".formatted(rest.getFirst(), seconds),
                        out,
                        err);
            }
        } catch (IllegalArgumentException e) {
            err.println("vigil: " + e.getMessage());
            return 2;
        }
        err.println(USAGE);
        return 2;
    }

    private static int post(String page, String path, PrintStream out, PrintStream err) {
        return NodeRequest.post(page, path, new byte[0]).send(ANSWER_MAX, 202, out, err);
    }
}
