package dev.vigil.node;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** {@code vigil incident acknowledge|reset ID [--page URL]}: tells the running node. */
final class IncidentCommand {
    private static final Duration WAIT_MAX = Duration.ofSeconds(5);

    private IncidentCommand() {}

    static int run(List<String> words, PrintStream out, PrintStream err) {
        boolean page = words.size() == 4 && words.get(2).equals("--page");
        if (words.size() != 2 && !page) {
            err.println(
                    "usage: vigil incident acknowledge|reset ID [--page http://127.0.0.1:8080]");
            return 2;
        }
        String base = page ? words.get(3) : "http://127.0.0.1:8080";
        String user = System.getProperty("user.name", "operator");
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(WAIT_MAX).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            base
                                                    + "/api/incidents/"
                                                    + words.get(1)
                                                    + "/"
                                                    + words.get(0)))
                            .timeout(WAIT_MAX)
                            .header("X-Vigil-Operator", user)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            boolean taken = response.statusCode() == 202;
            (taken ? out : err).print(response.body());
            return taken ? 0 : 1;
        } catch (IllegalArgumentException e) {
            err.println("vigil: '%s' is no address of a page: %s".formatted(base, e.getMessage()));
            return 2;
        } catch (IOException e) {
            err.println("vigil: no node answers at %s: %s".formatted(base, e));
            return 1;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
