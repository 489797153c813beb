package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.console.Browser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the process serves over HTTP. How a browser shows every part of the page is PageIT's matter;
 * here the page is the same bytes, and a browser shows what happens to this node.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class StatusPageIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Workplace place = Workplace.fresh("status-page");
    private final TrialSite site =
            TrialSite.tankPlan().numberTopic("plain/heat", "room/temperature").write(place);
    private final NodeProcess node =
            NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"));
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    void awaitReady() {
        node.awaitReady(BOUND);
    }

    @AfterAll
    void end() {
        client.close();
        node.close();
    }

    @Test
    void thePageIsTheOneThatTheBrowserTestsAreAboutAndItsScriptMayRun() throws Exception {
        HttpResponse<String> page = get("/", HttpResponse.BodyHandlers.ofString());

        assertEquals(200, page.statusCode());
        assertEquals(
                Files.readString(
                        place.root()
                                .resolve(
                                        "node/src/main/resources/dev/vigil/node/console/status.html"),
                        StandardCharsets.UTF_8),
                page.body());
        String policy = page.headers().firstValue("Content-Security-Policy").orElse("none");
        assertTrue(policy.contains("script-src 'sha256-"), policy);
    }

    @Test
    void anAlarmReachesWhoeverLooksAndABrowserShowsIt(@TempDir Path directory) throws Exception {
        HttpResponse<java.io.InputStream> feed =
                get("/api/events", HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(feed.body(), StandardCharsets.UTF_8));
                Browser browser = new Browser(directory);
                PahoSender room = PahoSender.connect(site.mqttPort(), "room", BOUND)) {
            assertTrue(dataLine(lines, "\"alarms\":[]").contains("room/temperature"));
            browser.open(URI.create(node.pageAddress() + "/"));
            String before = browser.awaitText("✓ Armed");
            assertTrue(before.contains("<h3>room</h3>"), before);
            assertFalse(before.contains("<strong>room: "), before);

            room.publish("plain/heat", "72", () -> {});

            assertTrue(dataLine(lines, "HEAT_ALARM").contains("\"zone\":\"room\""));
            String after = browser.awaitText("<strong>room: ");
            assertTrue(
                    after.contains("<strong>room: HEAT_ALARM at room/temperature</strong>"), after);
        }
    }

    @Test
    void healthAndMetricsAnswer() throws Exception {
        for (String question : new String[] {"live", "ready", "started"}) {
            HttpResponse<String> answer =
                    get("/q/health/" + question, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("\"status\": \"UP\""), answer.body());
        }
        NodeMetrics metrics = NodeMetrics.of(node);
        assertEquals(1, metrics.sum("vigil_armed", ""));
        assertTrue(metrics.has("vigil_detect_latency_seconds_bucket"));
        assertTrue(metrics.has("vigil_gc_pause_seconds_bucket"));
        assertTrue(metrics.has("vigil_gc_pause_longest_seconds"));
    }

    /** The next picture that contains {@code words}; the test's timeout bounds the wait. */
    private static String dataLine(BufferedReader lines, String words) throws IOException {
        String line = lines.readLine();
        while (line != null && !(line.startsWith("data:") && line.contains(words))) {
            line = lines.readLine();
        }
        if (line == null) {
            throw new AssertionError("the feed ended before '%s' came".formatted(words));
        }
        return line;
    }

    private <T> HttpResponse<T> get(String path, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(node.pageAddress() + path)).build(), handler);
    }
}
