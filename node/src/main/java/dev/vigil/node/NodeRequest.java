package dev.vigil.node;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** An operator's word to the running node, from the command line. Stateless. */
final class NodeRequest {
    static final String PAGE = "http://127.0.0.1:8080";
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

    private NodeRequest() {}

    /**
     * @param page address of the node's page
     * @throws IllegalArgumentException when that is none
     */
    static HttpRequest.Builder to(String page, String path) {
        try {
            return HttpRequest.newBuilder(URI.create(page + path));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'%s' is no address of a page: %s".formatted(page, e.getMessage()), e);
        }
    }

    /**
     * Sends it and prints what the node says, for people.
     *
     * @param done the HTTP status of an order that was taken
     * @return exit code: 0, or 1 when it was not taken or no node answers
     */
    static int send(
            HttpRequest.Builder given,
            Duration answerMax,
            int done,
            PrintStream out,
            PrintStream err) {
        HttpRequest request =
                given.timeout(answerMax)
                        .header("X-Vigil-Operator", System.getProperty("user.name", "operator"))
                        .build();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build()) {
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            boolean taken = response.statusCode() == done;
            (taken ? out : err).print(response.body());
            return taken ? 0 : 1;
        } catch (IOException e) {
            URI uri = request.uri();
            err.println(
                    "vigil: no node answers at %s://%s: %s"
                            .formatted(uri.getScheme(), uri.getAuthority(), e));
            return 1;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
