package dev.vigil.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The status page in a real browser, fed with hand-made pictures. */
@QuarkusTest
@Timeout(180)
class PageIT {
    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Inject StatusSource source;

    @TempDir Path directory = Path.of("unset");

    @BeforeAll
    static void needsABrowser() {
        assertTrue(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "chromium"))),
                "this test needs chromium: apt-get install -y --no-install-recommends chromium");
    }

    @AfterEach
    void stopServing() {
        source.stop();
    }

    @Test
    void showsAFireTheLostLinkAndTheBacklog() throws Exception {
        source.serve(Pictures::fire);
        String html = html();
        assertShows(html, "<strong>hall: Heat, 71.5 Cel</strong>");
        assertShows(html, "⚠ ALARM · extreme");
        assertShows(html, "⚠ Warning · minor");
        assertShows(html, "unacknowledged · since ");
        assertShows(html, "✓ Armed, needs a look");
        assertShows(html, "link kafka: no broker answers");
        assertShows(html, "✗ down");
        assertShows(html, "48,211 <small>records</small>");
        assertShows(html, "1.2 GiB of 2.0 GiB (61 %) · room for 0.8 hours");
        assertShows(html, "71.5 <small>°C</small>");
        assertShows(html, "✗ fault: CRC of the sample is wrong");
        assertShows(html, "✗ silent, last 67 min ago");
        assertShows(html, "no reading yet");
        assertShows(html, "● ON");
        assertShows(html, "<title>⚠ ALARM · gw-01</title>");
    }

    @Test
    void putsWhatSensorsSendOnThePageAsText() throws Exception {
        source.serve(Pictures::fire);
        String html = html();
        assertShows(html, "vigil/readings/&lt;script&gt;alert(1)&lt;/script&gt;/t");
        assertShows(html, "'&lt;img src=x onerror=alert(1)&gt;' is no number");
        assertFalse(html.contains("<img"), "an element came from a message");
    }

    @Test
    void isQuietWhenEverythingWorks() throws Exception {
        source.serve(Pictures::calm);
        String html = html();
        assertShows(html, "<strong>✓ Armed</strong>");
        assertShows(html, "Watching; everything works.");
        assertShows(html, "<div id=\"alarms\" role=\"alert\" aria-live=\"assertive\"></div>");
        assertShows(html, "0.40 <small>%/m</small>");
        assertShows(html, "2.1 <small>ppm</small>");
        assertShows(html, "room for 34 days");
    }

    @Test
    void showsTwoHundredSensors() throws Exception {
        source.serve(Pictures::large);
        String html = html();
        assertEquals(201, html.split("µm/m</small>", -1).length);
        assertShows(html, "<h3>pier-9</h3>");
    }

    @Test
    void fitsAPhoneInBothColours() throws Exception {
        source.serve(Pictures::fire);
        try (Browser browser = new Browser(directory)) {
            for (String colour : List.of("light", "dark")) {
                browser.resize(390, 844, colour.equals("dark"));
                browser.open(base);
                browser.awaitText("<h1 id=\"node\">gw-01</h1>");
                assertEquals("390", browser.evaluate("document.documentElement.scrollWidth"));
                Path picture = Path.of("target", "status-page-%s.png".formatted(colour));
                browser.screenshot(picture);
                assertTrue(Files.size(picture) > 20_000, () -> picture + " is empty");
            }
        }
    }

    @Test
    void saysWhenTheNodeIsLostAndWhenItIsBack() throws Exception {
        source.serve(Pictures::calm);
        try (Browser browser = new Browser(directory)) {
            browser.open(base);
            browser.awaitText("<h1 id=\"node\">gw-01</h1>");
            browser.evaluate("disconnect()"); // what the browser does when the radio is gone
            String lost = browser.awaitText("what you see is old");
            assertTrue(
                    lost.contains("✗ No connection to the node for "),
                    () -> lost.substring(lost.indexOf("<body")));
            browser.evaluate("connect()");
            browser.awaitText("role=\"alert\" hidden=\"\"");
            assertEquals("true", browser.evaluate("document.getElementById('lost').hidden"));
        }
    }

    @Test
    void asksForThePictureWhenTheFeedHasNoPlace() throws Exception {
        source.serve(Pictures::calm);
        try (Browser browser = new Browser(directory)) {
            browser.open(base);
            browser.awaitText("<h1 id=\"node\">gw-01</h1>");
            browser.evaluate("disconnect(); void poll();");
            browser.evaluate("document.getElementById('node').textContent = ''");
            browser.awaitText("<h1 id=\"node\">gw-01</h1>");
            assertEquals("gw-01", browser.evaluate("document.getElementById('node').textContent"));
        }
    }

    private static void assertShows(String html, String expected) {
        assertTrue(
                html.contains(expected),
                () -> expected + " is not in\n" + html.substring(html.indexOf("<body")));
    }

    /** The page's HTML when its first picture is there. */
    private String html() throws IOException, InterruptedException {
        try (Browser browser = new Browser(directory)) {
            browser.open(base);
            return browser.awaitText("<h1 id=\"node\">gw-01</h1>");
        }
    }
}
