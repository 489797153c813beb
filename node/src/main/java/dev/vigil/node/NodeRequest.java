package dev.vigil.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An operator's word to the running node, from the command line. Immutable.
 *
 * <p>By HttpURLConnection, which the Kafka client brings into the executable anyway: java.net.http
 * would make it a megabyte larger.
 */
@SuppressWarnings("ArrayRecordComponent") // made, sent and forgotten: never compared
record NodeRequest(String method, URL url, byte[] body) {
    static final String PAGE = "http://127.0.0.1:8080";
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

    /**
     * @param page address of the node's page
     * @throws IllegalArgumentException when that is none
     */
    static NodeRequest get(String page, String path) {
        return new NodeRequest("GET", url(page, path), new byte[0]);
    }

    /**
     * @param page address of the node's page
     * @throws IllegalArgumentException when that is none
     */
    static NodeRequest post(String page, String path, byte[] body) {
        return new NodeRequest("POST", url(page, path), body);
    }

    private static URL url(String page, String path) {
        try {
            URL url = URI.create(page + path).toURL();
            if (url.getProtocol().startsWith("http") && !url.getHost().isEmpty()) {
                return url;
            }
            throw new MalformedURLException("it must be http://host:port");
        } catch (IllegalArgumentException | MalformedURLException e) {
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
    int send(Duration answerMax, int done, PrintStream out, PrintStream err) {
        try {
            URLConnection opened = url.openConnection();
            if (!(opened instanceof HttpURLConnection connection)) {
                throw new IOException(opened.getClass() + " speaks no HTTP");
            }
            connection.setConnectTimeout(Math.toIntExact(CONNECT_MAX.toMillis()));
            connection.setReadTimeout(Math.toIntExact(answerMax.toMillis()));
            connection.setRequestMethod(method);
            connection.setRequestProperty(
                    "X-Vigil-Operator", System.getProperty("user.name", "operator"));
            if (method.equals("POST")) {
                connection.setRequestProperty("Content-Type", "application/octet-stream");
                // An order is given once: what is streamed is not sent anew on another connection.
                connection.setFixedLengthStreamingMode(body.length);
                connection.setDoOutput(true);
                connection.getOutputStream().write(body);
            }
            boolean taken = connection.getResponseCode() == done;
            (taken ? out : err).print(answer(connection));
            return taken ? 0 : 1;
        } catch (IOException e) {
            err.println(
                    "vigil: no node answers at %s://%s: %s"
                            .formatted(url.getProtocol(), url.getAuthority(), e));
            return 1;
        }
    }

    private static String answer(HttpURLConnection connection) throws IOException {
        boolean good = connection.getResponseCode() < HttpURLConnection.HTTP_BAD_REQUEST;
        try (InputStream in = good ? connection.getInputStream() : connection.getErrorStream()) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
