package dev.vigil.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On this machine, which has no GPIO chip of the label that the sites here name. */
@Timeout(30)
class SensorsCommandTest {
    @TempDir Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... words) {
        return SensorsCommand.run(
                List.of(words),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String site(String sensors) throws IOException {
        Path site = directory.resolve("site.yaml");
        Files.writeString(site, "node: n\nsensors:\n" + sensors);
        return site.toString();
    }

    @Test
    void watchShowsSensorsContactsAndPulsesAndWhatIsWrongWithThem() throws IOException {
        String site =
                site(
                        """
                          - {id: a/t, quantity: temperature, zone: a, from: {waveform: sine, mean: 20, every: 200ms}}
                          - {id: a/door, quantity: contact, zone: a, from: {gpio: no-such-chip, line: 1}}
                          - {id: a/rain, quantity: velocity, zone: a, from: {gpio: no-such-chip, line: 2, mm-per-pulse: 0.2}}
                        """);
        assertEquals(0, run("watch", site, "--readings", "12"));
        String shown = out.toString(StandardCharsets.UTF_8);
        assertEquals(12, shown.lines().filter(line -> line.contains(" GOOD")).count(), shown);
        assertTrue(shown.contains("sensor/a/door: no gpio chip has the label"), shown);
        assertTrue(shown.contains("a/rain") && shown.contains("unreadable: no gpio chip"), shown);
    }

    @Test
    void aSiteWithoutSensorsOfItsOwnIsToldSo() throws IOException {
        String site =
                site(
                        "  - {id: a/t, quantity: temperature, zone: a, from: {topic: t}}\nlistener:\n");
        assertEquals(1, run("watch", site));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("no sensor that the node reads"));
    }

    @Test
    void scanSaysInWordsWhatThisMachineHasOrHasNot() {
        assertEquals(0, run("scan"), err::toString);
        List<String> said = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals("sensors:", said.getFirst());
        assertTrue(said.size() >= 3, "a word on sensors and one on GPIO: " + said);
        assertTrue(
                said.stream()
                        .anyMatch(
                                line ->
                                        line.startsWith("  # gpio ")
                                                || line.startsWith("  # no GPIO chip")),
                said::toString);
        assertTrue(
                said.stream()
                        .skip(1)
                        .allMatch(
                                line ->
                                        line.startsWith("  - {id: scanned/")
                                                || line.startsWith("  # ")),
                said::toString);
    }

    @Test
    void otherWordsAreAnsweredWithTheUsage() {
        assertEquals(2, run("look"));
        assertEquals(2, run("watch", "site.yaml", "--readings", "none"));
    }
}
