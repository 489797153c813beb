package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SiteCheckTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Path file = Path.of("unset");

    @BeforeEach
    void nameFile(@TempDir Path directory) {
        file = directory.resolve("site.yaml");
    }

    @Test
    void summarisesASiteThatIsRight() throws IOException {
        write(
                """
                node: gw-01
                listener:
                sensors:
                  - {id: a/t, quantity: temperature, zone: a, from: {topic: t}}
                  - {id: b/t, quantity: temperature, zone: b, from: {waveform: sine}}
                  - {id: b/p, quantity: pressure, zone: b, from: {waveform: sine}}
                policies:
                  - {module: heat, zones: [all]}
                outputs:
                  - {id: siren, kind: simulated-siren}
                """);
        assertEquals(0, check());
        assertEquals(
                """
                SITE is right.
                  node        gw-01 of default
                  sensors     3 in zones a, b; the node samples 2 itself
                  policy      heat (heat) watches 2 channels
                  unwatched   recorded, but judged by no policy: b/p
                  output      siren (siren, simulated)
                  listener    mqtt://127.0.0.1:1883, everybody on this machine
                  subscriber  none
                  uplink      none: records stay in the journal
                  journal     DIR/vigil-data, alarms 64MiB, history 2GiB, kept 24h after delivery
                  page        http://127.0.0.1:8080/
                """,
                text());
    }

    @Test
    void printsEveryMistakeAndFails() throws IOException {
        write("node: '?'\nsensors: []\n");
        assertEquals(1, check());
        assertEquals(
                """
                SITE:1: node: '?' - must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit
                SITE:2: sensors: empty - a node without a sensor watches nothing
                SITE has 2 mistakes.
                """,
                text());
    }

    @Test
    void readsTheRecordingsToTheirEnd() throws IOException {
        Files.writeString(file.resolveSibling("fire.csv"), "TIME,T\n0,20\n1,hot\n2\n");
        write(
                """
                node: gw-01
                recordings: {fire: {file: fire.csv}}
                sensors:
                  - {id: a/t, quantity: temperature, zone: a, from: {recording: fire, column: T}}
                """);
        assertEquals(1, check());
        assertEquals(
                """
                DIR/fire.csv:3: column T of a/t is 'hot': not a finite number in Cel
                DIR/fire.csv:4: row has 1 cells, its header has 2
                SITE has 2 mistakes.
                """,
                text());
    }

    @Test
    void looksIntoKeysAndCertificatesWhichTheNodeItselfDoesNotWaitFor() throws IOException {
        Files.writeString(file.resolveSibling("empty.pem"), "");
        write(
                """
                node: gw-01
                subscriber: {broker: 'mqtts://site:8883', topics: [a], ca: empty.pem}
                sensors:
                  - {id: a/t, quantity: temperature, zone: a, from: {waveform: sine}}
                uplink:
                  - kafka: {brokers: 'centre:9092'}
                  - mqtt: {broker: 'mqtts://centre:8883', ca: gone.pem}
                """);
        assertEquals(1, check());
        assertEquals(
                """
                subscriber: 'DIR/empty.pem': holds no certificate in PEM
                uplink.mqtt: 'DIR/gone.pem': can't be read: java.nio.file.NoSuchFileException: DIR/gone.pem
                SITE has 2 mistakes.
                """,
                text());
        assertInstanceOf(SiteConfigReader.Valid.class, SiteConfigReader.read(file));
    }

    @Test
    void namesAJournalThatIsNoDirectory() throws IOException {
        write(
                """
                node: gw-01
                journal: {directory: site.yaml/data}
                sensors:
                  - {id: a/t, quantity: temperature, zone: a, from: {waveform: sine}}
                """);
        assertEquals(1, check());
        assertEquals(
                """
                journal.directory: 'SITE/data' - SITE must be a directory the node can write to
                SITE has 1 mistake.
                """,
                text());
    }

    private int check() {
        return SiteCheck.check(file, new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8)
                .replace(file.toString(), "SITE")
                .replace(String.valueOf(file.getParent()), "DIR");
    }

    private void write(String yaml) throws IOException {
        Files.writeString(file, yaml);
    }
}
