package dev.vigil.node.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A headless Chromium, told by the DevTools protocol what to open. Owned by one test, which ends
 * it. In real time: the page holds a stream open, and virtual time never passes while one is.
 */
public final class Browser implements AutoCloseable {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final String HTML_WITHOUT_SCRIPT =
            """
            (() => {
              const copy = document.documentElement.cloneNode(true);
              copy.querySelectorAll("head script, body > script").forEach(script => script.remove());
              return copy.outerHTML;
            })()
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final WebSocket socket;
    private final String session;
    private int lastId;

    /**
     * @param directory new and empty; the browser's profile
     */
    public Browser(Path directory) throws IOException, InterruptedException {
        process =
                new ProcessBuilder(
                                List.of(
                                        "chromium",
                                        "--headless",
                                        "--no-sandbox",
                                        "--disable-gpu",
                                        "--disable-quic",
                                        "--no-first-run",
                                        "--disable-background-networking",
                                        "--disable-component-update",
                                        "--disable-sync",
                                        "--hide-scrollbars",
                                        "--remote-debugging-port=0",
                                        "--user-data-dir=" + directory.resolve("profile"),
                                        "about:blank"))
                        .redirectOutput(directory.resolve("printed").toFile())
                        .redirectError(directory.resolve("errors").toFile())
                        .start();
        boolean connected = false;
        try {
            socket = connect(directory.resolve("profile").resolve("DevToolsActivePort"));
            JsonNode target = call("Target.createTarget", "{\"url\":\"about:blank\"}", "");
            session =
                    call(
                                    "Target.attachToTarget",
                                    "{\"flatten\":true,\"targetId\":%s}"
                                            .formatted(target.at("/targetId")),
                                    "")
                            .at("/sessionId")
                            .textValue();
            connected = true;
        } finally {
            if (!connected) {
                end();
            }
        }
    }

    /** A window of this many CSS pixels, as on a phone. */
    void resize(int width, int height, boolean dark) throws InterruptedException, IOException {
        call(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\":%d,\"height\":%d,\"deviceScaleFactor\":1,\"mobile\":true}"
                        .formatted(width, height),
                session);
        call(
                "Emulation.setEmulatedMedia",
                "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"%s\"}]}"
                        .formatted(dark ? "dark" : "light"),
                session);
    }

    public void open(URI page) throws InterruptedException, IOException {
        call("Page.navigate", "{\"url\":\"%s\"}".formatted(page), session);
    }

    /** The value of a JavaScript expression, as text. */
    String evaluate(String expression) throws InterruptedException, IOException {
        ObjectNode parameters = JSON.createObjectNode();
        parameters.put("expression", expression).put("returnByValue", true);
        return call("Runtime.evaluate", parameters.toString(), session)
                .at("/result/value")
                .asText();
    }

    /** Waits until the page's HTML contains {@code text}; returns the HTML it has at the end. */
    public String awaitText(String text) throws InterruptedException, IOException {
        long deadline = System.nanoTime() + WAIT_MAX.toNanos();
        String html;
        do {
            html = evaluate(HTML_WITHOUT_SCRIPT);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        } while (!html.contains(text) && System.nanoTime() < deadline);
        return html;
    }

    /** The whole page as a PNG. */
    void screenshot(Path file) throws InterruptedException, IOException {
        String data =
                call("Page.captureScreenshot", "{\"captureBeyondViewport\":true}", session)
                        .at("/data")
                        .textValue();
        Files.write(file, Base64.getDecoder().decode(data));
    }

    @Override
    public void close() {
        socket.abort();
        end();
    }

    private void end() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS); // its profile can be deleted only then
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }

    private WebSocket connect(Path portFile) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + WAIT_MAX.toNanos();
        while (!Files.exists(portFile) || Files.readAllLines(portFile).size() < 2) {
            if (System.nanoTime() > deadline || !process.isAlive()) {
                throw new IOException("chromium did not start");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        List<String> lines = Files.readAllLines(portFile);
        URI address = URI.create("ws://127.0.0.1:%s%s".formatted(lines.get(0), lines.get(1)));
        return client.newWebSocketBuilder().buildAsync(address, new Receiver()).join();
    }

    private JsonNode call(String method, String parameters, String ofSession)
            throws InterruptedException, IOException {
        int id = ++lastId;
        String sessionMember =
                ofSession.isEmpty() ? "" : ",\"sessionId\":\"%s\"".formatted(ofSession);
        socket.sendText(
                        "{\"id\":%d,\"method\":\"%s\",\"params\":%s%s}"
                                .formatted(id, method, parameters, sessionMember),
                        true)
                .join();
        while (true) {
            String message = messages.poll(WAIT_MAX.toSeconds(), TimeUnit.SECONDS);
            if (message == null) {
                throw new IOException("no answer to " + method);
            }
            JsonNode answer = JSON.readTree(message);
            if (answer.at("/id").asInt() == id) {
                if (answer.has("error")) {
                    throw new IOException(method + ": " + answer.at("/error"));
                }
                return answer.at("/result");
            }
        }
    }

    private final class Receiver implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                messages.add(parts.toString());
                parts.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
