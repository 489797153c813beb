package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.LedgerStandIn;
import dev.vigil.forward.MosquittoBroker;
import dev.vigil.forward.PemFiles;
import dev.vigil.forward.SenmlRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** To the centre over TLS, both sides with certificates: settings of Kafka's client, passed on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsUplinkIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final Workplace place = Workplace.fresh("tls");
    private final TlsStores stores = TlsStores.make(place);
    private final KafkaBroker broker =
            KafkaBroker.startWithTls(
                    place.file("kafka"), stores.broker(), stores.trustNodes(), TlsStores.PASSWORD);

    @AfterAll
    void end() {
        broker.close();
    }

    @Test
    void recordsArriveOverTlsWithCertificatesOfBothSides() throws Exception {
        broker.createTopic("known", 1);
        List<SenmlRecord> arrived = new ArrayList<>();
        Workplace here = Workplace.fresh("tls-known");
        TrialSite site = site(here, "known", stores.trustBroker());
        try (NodeProcess node = start(site, here);
                KafkaAudit audit =
                        new KafkaAudit(broker.bootstrapServers(), "known", arrived::add)) {
            publish(site);

            Waiting.require(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return arrived.stream().anyMatch(r -> r.name().equals("tank-1/level"));
                    },
                    () -> "nothing arrived:\n" + node.logTail(20));
            assertEquals(List.of(), audit.faults());
        }
    }

    @Test
    void aBrokerThatNobodyVouchesForGetsNothingAndTheStatusSaysWhy() throws Exception {
        broker.createTopic("unknown", 1);
        Workplace here = Workplace.fresh("tls-unknown");
        TrialSite site = site(here, "unknown", stores.trustStranger());
        try (NodeProcess node = start(site, here);
                KafkaAudit audit = new KafkaAudit(broker.bootstrapServers(), "unknown", _ -> {})) {
            publish(site);

            Waiting.require(
                    BOUND,
                    () -> status(node).contains("certification path"),
                    () -> "the status does not say why:\n" + status(node));
            assertTrue(NodeMetrics.of(node).waitingRecords() >= 1, "it is kept");
            audit.readToEnd(BOUND);
            assertEquals(List.of(), audit.arrived());
        }
    }

    @Test
    void anExpiredCertificateTowardsKafkaStopsThatUplinkAndTheOtherDelivers() throws Exception {
        broker.createTopic("expired", 1);
        Workplace here = Workplace.fresh("tls-expired");
        try (MosquittoBroker mosquitto = MosquittoBroker.startIn(here.file("mosquitto"));
                LedgerStandIn ledger = LedgerStandIn.connect(mosquitto.uri())) {
            TrialSite site =
                    TrialSite.tankPlan()
                            .uplinks(
                                    List.of(
                                            "kafka: {brokers: '%s', topic: expired, settings: %s}"
                                                    .formatted(
                                                            broker.tlsBootstrapServers(),
                                                            inline(
                                                                    settings(
                                                                            stores.trustBroker(),
                                                                            stores.expired()))),
                                            "mqtt: {broker: 'mqtt://127.0.0.1:%d'}"
                                                    .formatted(mosquitto.port())))
                            .write(here);
            try (NodeProcess node = start(site, here);
                    KafkaAudit audit =
                            new KafkaAudit(broker.bootstrapServers(), "expired", _ -> {})) {
                sound(site, node);
                Waiting.require(
                        BOUND,
                        () ->
                                ledger.order().stream().anyMatch(id -> id.contains("/alarm/"))
                                        && waiting(node) == 0,
                        () -> "the other does not deliver:\n" + status(node) + ledger.order());
                // Which certificate, and why, only the broker's log says.
                awaitReason(site, node, "alert: certificate_unknown");
                assertEquals(List.of(), ledger.faults());
                audit.readToEnd(BOUND);
                assertEquals(List.of(), audit.arrived());
            }
        }
    }

    @Test
    void anExpiredCertificateTowardsMqttStopsThatUplinkAndKafkaGetsEverything() throws Exception {
        broker.createTopic("second", 1);
        Workplace here = Workplace.fresh("tls-expired-mqtt");
        PemFiles own = PemFiles.make(here.folder(), "broker");
        PemFiles expired = PemFiles.makeExpired(here.folder(), "expired");
        try (MosquittoBroker mosquitto =
                MosquittoBroker.startWithTls(here.file("mosquitto"), own, expired.certificate())) {
            TrialSite site =
                    TrialSite.tankPlan()
                            .uplinks(
                                    List.of(
                                            "mqtt: {broker: 'mqtts://127.0.0.1:%d', ca: '%s', certificate: '%s', key: '%s'}"
                                                    .formatted(
                                                            mosquitto.port(),
                                                            own.certificate(),
                                                            expired.certificate(),
                                                            expired.key()),
                                            "kafka: {brokers: '%s', topic: second}"
                                                    .formatted(broker.bootstrapServers())))
                            .write(here);
            List<SenmlRecord> arrived = new ArrayList<>();
            try (NodeProcess node = start(site, here);
                    KafkaAudit audit =
                            new KafkaAudit(broker.bootstrapServers(), "second", arrived::add)) {
                sound(site, node);
                Waiting.require(
                        BOUND,
                        () -> {
                            audit.poll(Duration.ofMillis(50));
                            return arrived.stream().anyMatch(r -> r.name().startsWith("alarm/"))
                                    && waiting(node) == 0;
                        },
                        () -> "Kafka does not get it:\n" + status(node) + arrived);
                awaitReason(site, node, "certificate_expired");
                assertEquals(List.of(), audit.faults());
            }
        }
    }

    /**
     * Sends on until the status says so: an uplink that failed is tried again with what comes next,
     * and a broker that refuses a certificate may close before its reason is read.
     */
    private static void awaitReason(TrialSite site, NodeProcess node, String reason)
            throws Exception {
        try (PahoSender tank = PahoSender.connect(site.mqttPort(), "tank", BOUND)) {
            Waiting.require(
                    BOUND,
                    () -> {
                        level(tank);
                        return status(node).contains(reason);
                    },
                    () -> "the status does not say why:\n" + status(node));
        }
    }

    /** A room gets hot, and the siren sounds. */
    private static void sound(TrialSite site, NodeProcess node) throws Exception {
        try (PahoSender room = PahoSender.connect(site.mqttPort(), "room", BOUND)) {
            room.publish(
                    "site/room", "[{\"n\":\"room/temperature\",\"u\":\"Cel\",\"v\":80}]", () -> {});
            assertTrue(room.awaitAcknowledgements(BOUND), node::log);
        }
        Waiting.require(
                BOUND,
                () -> site.siren().lines().stream().anyMatch(SirenFile.Switched::on),
                () -> "no siren: " + node.logTail(20));
    }

    private TrialSite site(Workplace here, String topic, Path trusted) {
        return TrialSite.tankPlan()
                .kafka(broker.tlsBootstrapServers(), topic)
                .kafkaSettings(settings(trusted, stores.node()))
                .write(here);
    }

    private static Map<String, String> settings(Path trusted, Path own) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("security.protocol", "SSL");
        settings.put("ssl.truststore.type", "PKCS12");
        settings.put("ssl.truststore.location", trusted.toString());
        settings.put("ssl.truststore.password", TlsStores.PASSWORD);
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", own.toString());
        settings.put("ssl.keystore.password", TlsStores.PASSWORD);
        return settings;
    }

    private static String inline(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> "%s: '%s'".formatted(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** Records in the journal; -1 while nobody says. */
    private static double waiting(NodeProcess node) {
        try {
            return NodeMetrics.of(node).waitingRecords();
        } catch (IOException _) {
            return -1;
        }
    }

    private static NodeProcess start(TrialSite site, Workplace here) {
        return NodeProcess.start(site.file(), site.pagePort(), here.file("node.log"))
                .awaitReady(BOUND);
    }

    private static void publish(TrialSite site) throws Exception {
        try (PahoSender tank = PahoSender.connect(site.mqttPort(), "tank", BOUND)) {
            level(tank);
        }
    }

    private static void level(PahoSender tank) {
        tank.publish("site/tank-1", "[{\"n\":\"tank-1/level\",\"u\":\"m\",\"v\":1.5}]", () -> {});
    }

    private static String status(NodeProcess node) {
        try {
            return node.page("/api/status");
        } catch (IOException e) {
            return "no status: " + e;
        }
    }
}
