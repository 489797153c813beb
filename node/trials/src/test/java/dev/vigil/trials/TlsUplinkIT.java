package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.SenmlRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                    place.file("kafka"), stores.broker(), stores.trustNode(), TlsStores.PASSWORD);

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

    private TrialSite site(Workplace here, String topic, Path trusted) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("security.protocol", "SSL");
        settings.put("ssl.truststore.type", "PKCS12");
        settings.put("ssl.truststore.location", trusted.toString());
        settings.put("ssl.truststore.password", TlsStores.PASSWORD);
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", stores.node().toString());
        settings.put("ssl.keystore.password", TlsStores.PASSWORD);
        return TrialSite.tankPlan()
                .kafka(broker.tlsBootstrapServers(), topic)
                .kafkaSettings(settings)
                .write(here);
    }

    private static NodeProcess start(TrialSite site, Workplace here) {
        return NodeProcess.start(site.file(), site.pagePort(), here.file("node.log"))
                .awaitReady(BOUND);
    }

    private static void publish(TrialSite site) throws Exception {
        try (PahoSender tank = PahoSender.connect(site.mqttPort(), "tank", BOUND)) {
            tank.publish(
                    "site/tank-1", "[{\"n\":\"tank-1/level\",\"u\":\"m\",\"v\":1.5}]", () -> {});
        }
    }

    private static String status(NodeProcess node) {
        try {
            return node.page("/api/status");
        } catch (IOException e) {
            return "no status: " + e;
        }
    }
}
