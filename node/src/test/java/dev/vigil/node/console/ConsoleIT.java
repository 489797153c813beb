package dev.vigil.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The console over HTTP, fed with hand-made pictures. */
@QuarkusTest
@Timeout(60)
class ConsoleIT {
    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Inject StatusSource source;
    @Inject Latencies latencies;
    @Inject EventFeed feed;

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stopServing() {
        source.stop();
        client.close();
    }

    @Test
    void saysThatItStartsBeforeThereIsAPicture() throws Exception {
        assertEquals(503, get("api/status").statusCode());
        assertEquals(503, get("q/health/ready").statusCode());
        assertEquals(503, get("q/health/started").statusCode());
        assertEquals(200, get("q/health/live").statusCode());
    }

    @Test
    void servesThePictureAsJsonThatNobodyStores() throws Exception {
        source.serve(Pictures::fire);
        HttpResponse<String> response = get("api/status");
        assertEquals(200, response.statusCode());
        assertEquals(StatusJson.of(Pictures.fire()), response.body());
        assertTrue(header(response, "Content-Type").startsWith("application/json"));
        assertEquals("no-store", header(response, "Cache-Control"));
        assertEquals("nosniff", header(response, "X-Content-Type-Options"));
        assertTrue(header(response, "Content-Security-Policy").startsWith("default-src 'none'"));
    }

    @Test
    void allowsThePageItsOwnScriptAndNothingFromOutside() throws Exception {
        HttpResponse<String> response = get("");
        assertEquals(200, response.statusCode());
        assertTrue(header(response, "Content-Type").startsWith("text/html"));
        String policy = header(response, "Content-Security-Policy");
        assertTrue(
                policy.matches(
                        "default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'; .*frame-ancestors 'none'"),
                policy);
        assertFalse(response.body().matches("(?s).*(src|href)=\"?(https?:)?//.*"));
        assertFalse(response.body().contains("innerHTML"));
    }

    @Test
    void isReadyWhileTheLinkIsDownAndSaysSo() throws Exception {
        source.serve(Pictures::fire);
        HttpResponse<String> response = get("q/health/ready");
        assertEquals(200, response.statusCode(), response.body());
        JsonNode check = new ObjectMapper().readTree(response.body()).at("/checks/0");
        assertEquals("armed", check.at("/name").textValue());
        assertTrue(
                check.at("/data/degraded").textValue().contains("link kafka: no broker answers"),
                response.body());
    }

    @Test
    void isNotReadyWithoutItsJournalAndNotLiveWithoutItsPipeline() throws Exception {
        source.serve(
                () ->
                        Pictures.withParts(
                                Pictures.calm(),
                                new NodeStatus.Part("journal", false, true, "disk full"),
                                new NodeStatus.Part("pipeline", false, true, "ended")));
        HttpResponse<String> response = get("q/health/ready");
        assertEquals(503, response.statusCode());
        assertTrue(response.body().contains("journal: disk full"), response.body());
        assertEquals(503, get("q/health/live").statusCode());
        assertEquals(200, get("q/health/started").statusCode());
    }

    @Test
    void exportsTheMetricsOfTheField() throws Exception {
        source.serve(Pictures::fire);
        latencies.detect().record(1_500_000);
        HttpResponse<String> answer = get("q/metrics");
        assertEquals(200, answer.statusCode(), answer.body());
        List<String> lines = answer.body().lines().toList();
        for (String expected :
                List.of(
                        "vigil_buffer_records{lane=\"history\"} 48211.0",
                        "vigil_buffer_bytes{lane=\"alarm\"} 81920.0",
                        "vigil_buffer_oldest_age_seconds{lane=\"history\"} 600.0",
                        "vigil_buffer_hours_left{lane=\"history\"} 0.75",
                        "vigil_buffer_hours_left{lane=\"alarm\"} +Inf",
                        "vigil_dropped_total{lane=\"history\",reason=\"space\"} 17.0",
                        "vigil_offline_duration_seconds{link=\"kafka\"} 600.0",
                        "vigil_link_up{link=\"kafka\"} 0.0",
                        "vigil_delivered_records_total{link=\"kafka\"} 1234567.0",
                        "vigil_wasm_trap_total{module=\"heat\"} 3.0",
                        "vigil_flash_written_bytes_total{lane=\"history\"} 9.87654321E8",
                        "vigil_readings_total 5000123.0",
                        "vigil_alarms_open 2.0",
                        "vigil_armed 1.0",
                        "# TYPE vigil_detect_latency_seconds histogram",
                        "# TYPE vigil_actuate_latency_seconds histogram",
                        "vigil_detect_latency_seconds_bucket{le=\"0.001\"} 0.0",
                        "vigil_detect_latency_seconds_bucket{le=\"0.002\"} 1.0",
                        "vigil_detect_latency_seconds_bucket{le=\"+Inf\"} 1.0",
                        "vigil_detect_latency_seconds_count 1.0",
                        "vigil_detect_latency_seconds_sum 0.0015",
                        "# TYPE vigil_gc_pause_seconds histogram",
                        "# TYPE vigil_gc_pause_longest_seconds gauge")) {
            assertTrue(lines.contains(expected), () -> expected + " is not among\n" + vigil(lines));
        }
    }

    @Test
    void sendsAPictureASecondOnlyWhileSomebodyLooks() throws Exception {
        source.serve(Pictures::calm);
        try (InputStream events = events()) {
            List<String> lines = new ArrayList<>();
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8));
            while (lines.stream().filter(line -> line.startsWith("data:")).count() < 2) {
                lines.add(String.valueOf(reader.readLine()));
            }
            assertTrue(lines.contains("event:status"), lines::toString);
            assertTrue(lines.contains("data:" + StatusJson.of(Pictures.calm())), lines::toString);
        }
        await(() -> feed.clientCount() == 0);
        long pictures = feed.pictureCount();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2_500));
        assertEquals(pictures, feed.pictureCount());
    }

    @Test
    void letsTheSeventeenthViewerGo() throws Exception {
        source.serve(Pictures::calm);
        List<InputStream> viewers = new ArrayList<>();
        try {
            for (int i = 0; i < EventFeed.CLIENTS_MAX; i++) {
                viewers.add(events());
            }
            try (InputStream tooMany = events()) {
                String text = new String(tooMany.readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(text.contains("event:full"), text);
            }
        } finally {
            for (InputStream viewer : viewers) {
                viewer.close();
            }
        }
        await(() -> feed.clientCount() == 0);
    }

    private InputStream events() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(base.resolve("api/events"))
                        .timeout(Duration.ofSeconds(10))
                        .build();
        HttpResponse<InputStream> response =
                client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, response.statusCode());
        return response.body();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(base.resolve(path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static String vigil(List<String> lines) {
        return String.join("\n", lines.stream().filter(line -> line.contains("vigil_")).toList());
    }

    /** Bounded by the test's timeout. */
    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
