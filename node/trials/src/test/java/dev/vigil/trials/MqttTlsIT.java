package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.LedgerStandIn;
import dev.vigil.forward.MosquittoBroker;
import dev.vigil.forward.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A site's broker and the centre's over TLS, with PEM files and certificates of both sides. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MqttTlsIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final Workplace place = Workplace.fresh("mqtt-tls");
    private final PemFiles own = PemFiles.make(place.folder(), "broker");
    private final PemFiles node = PemFiles.make(place.folder(), "node");
    private final PemFiles expired = PemFiles.makeExpired(place.folder(), "expired");
    private final PemFiles stranger = PemFiles.make(place.folder(), "stranger");
    private final MosquittoBroker broker =
            MosquittoBroker.startWithTls(place.file("mosquitto"), own, known());

    @AfterAll
    void end() {
        broker.close();
    }

    @Test
    void readingsOfASitesBrokerSoundTheSirenAndTheLedgerAcknowledgesThem() throws Exception {
        Workplace here = Workplace.fresh("mqtt-tls-known");
        TrialSite site = site(here, tls(node, own), tls(node, own));
        try (LedgerStandIn ledger = LedgerStandIn.connect(broker.uri(), node.towards(own));
                NodeProcess running = start(site, here)) {
            Waiting.require(
                    BOUND,
                    () -> status(running).contains("\"name\":\"subscriber\",\"up\":true"),
                    () -> "the subscriber is not up: " + status(running));
            publish("plant/tank", "tank-1/level", "m", 1.5);
            publish("plant/room", "room/temperature", "Cel", 80);
            publish("plant/room", "room/temperature", "Cel", 81);

            awaitSiren(site, running);
            Waiting.require(
                    BOUND,
                    () ->
                            waiting(running) == 0
                                    && ledger.order().stream()
                                            .anyMatch(id -> id.contains("/alarm/")),
                    () -> "not acknowledged: " + ledger.order() + status(running));
            assertEquals(List.of(), ledger.faults());
        }
    }

    @Test
    void anExpiredCertificateAndAStrangersBrokerStopTheirLinksAndNothingElse() throws Exception {
        Workplace here = Workplace.fresh("mqtt-tls-refused");
        TrialSite site = site(here, tls(node, stranger), tls(expired, own));
        try (LedgerStandIn ledger = LedgerStandIn.connect(broker.uri(), node.towards(own));
                NodeProcess running = start(site, here)) {
            try (PahoSender sender = PahoSender.connect(site.mqttPort(), "tank", BOUND)) {
                for (int i = 80; i < 82; i++) {
                    sender.publish(
                            "site/room",
                            "[{\"n\":\"room/temperature\",\"u\":\"Cel\",\"v\":%d}]".formatted(i),
                            () -> {});
                }
                assertTrue(sender.awaitAcknowledgements(BOUND), running::log);
            }
            awaitSiren(site, running);
            Waiting.require(
                    BOUND,
                    () ->
                            status(running).contains("certification path")
                                    && status(running).contains("certificate_expired"),
                    () -> "the status does not say why: " + status(running));
            assertTrue(running.isReady(), "the node watches on");
            assertTrue(waiting(running) >= 2, "it is kept");
            assertEquals(List.of(), ledger.order());
        }
    }

    private TrialSite site(Workplace here, String subscriber, String uplink) {
        return TrialSite.tankPlan()
                .topic("plant/#")
                .line(
                        "subscriber: {broker: 'mqtts://127.0.0.1:%d', topics: ['plant/#'], %s}"
                                .formatted(broker.port(), subscriber))
                .uplinks(
                        List.of(
                                "mqtt: {broker: 'mqtts://127.0.0.1:%d', %s}"
                                        .formatted(broker.port(), uplink)))
                .write(here);
    }

    private static String tls(PemFiles identity, PemFiles trusted) {
        return "ca: '%s', certificate: '%s', key: '%s'"
                .formatted(trusted.certificate(), identity.certificate(), identity.key());
    }

    /** The broker refuses the expired one for its date, not because it does not know it. */
    private Path known() {
        Path file = place.file("known.pem");
        try {
            Files.writeString(
                    file,
                    Files.readString(node.certificate(), StandardCharsets.UTF_8)
                            + Files.readString(expired.certificate(), StandardCharsets.UTF_8),
                    StandardCharsets.UTF_8);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NodeProcess start(TrialSite site, Workplace here) {
        return NodeProcess.start(site.file(), site.pagePort(), here.file("node.log"))
                .awaitReady(BOUND);
    }

    private static void awaitSiren(TrialSite site, NodeProcess running) {
        Waiting.require(
                BOUND,
                () -> site.siren().lines().stream().anyMatch(SirenFile.Switched::on),
                () -> "no siren: " + running.logTail(20));
    }

    private void publish(String topic, String channel, String unit, double value) {
        Tool.publish(
                BOUND,
                broker.port(),
                topic,
                "[{\"n\":\"%s\",\"u\":\"%s\",\"v\":%s}]".formatted(channel, unit, value),
                "-h",
                "127.0.0.1",
                "--cafile",
                own.certificate().toString(),
                "--cert",
                node.certificate().toString(),
                "--key",
                node.key().toString());
    }

    /** Records in the journal; -1 while nobody says. */
    private static double waiting(NodeProcess running) {
        try {
            return NodeMetrics.of(running).waitingRecords();
        } catch (IOException _) {
            return -1;
        }
    }

    private static String status(NodeProcess running) {
        try {
            return running.page("/api/status");
        } catch (IOException e) {
            return "no status: " + e;
        }
    }
}
