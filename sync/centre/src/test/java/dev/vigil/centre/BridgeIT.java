package dev.vigil.centre;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.CarryExport;
import dev.vigil.forward.CarryImport;
import dev.vigil.forward.CarryKeys;
import dev.vigil.forward.CentreAccount;
import dev.vigil.forward.CentreProcess;
import dev.vigil.forward.FailoverUplink;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.Lane;
import dev.vigil.forward.MosquittoBroker;
import dev.vigil.forward.MqttUplink;
import dev.vigil.forward.MqttUplinkOptions;
import dev.vigil.forward.PemFiles;
import dev.vigil.forward.Samples;
import dev.vigil.forward.Shipper;
import dev.vigil.forward.ShipperOptions;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes' journals and shippers, mosquitto, two bridges, Kafka and a ledger: all of them real. What
 * goes by MQTT goes over TLS, with certificates of both sides.
 */
class BridgeIT {
    private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration BOUND = Duration.ofMinutes(3);

    private final Path folder;
    private final PemFiles broker;
    private final PemFiles client;
    private final Random random = new Random(20261123);
    private final PrintStream said =
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

    BridgeIT(@TempDir Path folder) {
        this.folder = folder;
        this.broker = PemFiles.make(folder, "broker");
        this.client = PemFiles.make(folder, "client");
    }

    /** What a node has of its records until the ledger has them. */
    private record Node(Journal journal, Shipper shipper) implements AutoCloseable {
        boolean isEmpty() {
            return Stream.of(Lane.values())
                    .allMatch(lane -> journal.state(lane).undeliveredRecords() == 0);
        }

        @Override
        public void close() {
            shipper.close();
            journal.close();
        }
    }

    @Test
    void whatNodesSendByMqttIsPublishedOnceThoughABridgeAndKafkaAreKilled() throws Exception {
        try (var kafka = KafkaBroker.startIn(folder.resolve("kafka"));
                var mosquitto =
                        MosquittoBroker.startWithTls(
                                folder.resolve("mosquitto"), broker, client.certificate());
                var ledger = centre(kafka, mosquitto, "ledger", "ledger")) {
            ledger.awaitLog("ledger is RUNNING");
            try (var one = centre(kafka, mosquitto, "one", "bridge");
                    var two = centre(kafka, mosquitto, "two", "bridge");
                    var first = node("gw-01", mosquitto.uri());
                    var second = node("gw-02", mosquitto.uri());
                    var account =
                            new CentreAccount(
                                    kafka.bootstrapServers(),
                                    List.of(Topics.READINGS, Topics.ALARMS),
                                    _ -> {})) {
                one.awaitLog("bridge is RUNNING");
                two.awaitLog("bridge is RUNNING");
                List<Node> nodes = List.of(first, second);
                nodes.forEach(node -> append(node.journal(), 500));
                turnUntil(nodes, () -> first.journal().acknowledged(Lane.HISTORY) > 0);

                one.kill();
                nodes.forEach(node -> append(node.journal(), 500));
                turnUntil(nodes, () -> nodes.stream().allMatch(Node::isEmpty));
                publishGarbage(mosquitto);

                kafka.kill();
                nodes.forEach(node -> append(node.journal(), 500));
                turnFor(nodes, Duration.ofSeconds(1));
                kafka.start();
                one.launch();
                turnUntil(nodes, () -> nodes.stream().allMatch(Node::isEmpty));

                account.readUntil(2L * (3 * 500 + 3));
                assertEquals(0, account.duplicates());
                for (Node node : nodes) {
                    for (Lane lane : Lane.values()) {
                        String stream = node.journal().stream(lane).toString();
                        long last = node.journal().nextSequence(lane) - 1;
                        assertEquals(0, account.missing(stream, last), stream);
                    }
                }
                assertTrue(quarantined(kafka).contains("vigil/v1/up/gw-09/nonsense"));
                carryByHand(kafka, mosquitto, account);
                turnUntil(
                        nodes,
                        () ->
                                CentreAccount.keys(kafka.bootstrapServers(), Topics.STATE)
                                        .containsAll(List.of("gw-01", "gw-02")));
            }
        }
    }

    /** First on a stick, then the same node comes online: nothing is there twice. */
    private void carryByHand(KafkaBroker kafka, MosquittoBroker mosquitto, CentreAccount account)
            throws Exception {
        long before = account.distinct();
        try (Journal journal = journal("gw-03")) {
            append(journal, 100);
        }
        CarryKeys.make(folder, "gw-03");
        Path file = folder.resolve("gw-03.carry");
        List<String> export =
                List.of(
                        "--journal",
                        folder.resolve("gw-03").toString(),
                        "--to",
                        file.toString(),
                        "--key",
                        folder.resolve("gw-03.pem").toString());
        assertEquals(0, CarryExport.run(export, said, said));
        Map<String, String> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        assertEquals(0, CarryImport.run(file, folder, settings, said, said));
        account.readUntil(before + 101);

        assertEquals(0, CarryImport.run(file, folder, settings, said, said));
        try (Node online = node("gw-03", mosquitto.uri())) {
            append(online.journal(), 50);
            turnUntil(List.of(online), online::isEmpty);
        }
        account.readUntil(before + 101 + 51);
        assertEquals(0, account.duplicates());
    }

    private static String quarantined(KafkaBroker kafka) {
        return CentreAccount.keys(kafka.bootstrapServers(), Topics.QUARANTINE).toString();
    }

    private void publishGarbage(MosquittoBroker mosquitto) throws Exception {
        var someone =
                new MqttClient(mosquitto.uri().toString(), "someone", new MemoryPersistence());
        var how = new MqttConnectionOptions();
        how.setSocketFactory(client.towards(broker).context().getSocketFactory());
        someone.connect(how);
        someone.publish(
                "vigil/v1/up/gw-09/nonsense",
                new MqttMessage("hello".getBytes(StandardCharsets.UTF_8), 1, false, null));
        someone.disconnect();
        someone.close();
    }

    /** In blocks of 10, and an alarm. */
    private void append(Journal journal, int readings) {
        for (int i = 0; i < readings; i += 10) {
            journal.append(
                    Lane.HISTORY, Samples.readings(random, Samples.START, 10), Samples.START);
        }
        journal.append(Lane.ALARM, Samples.readings(random, Samples.START, 1), Samples.START);
        journal.sync();
    }

    private Journal journal(String name) {
        return Journal.open(
                JournalOptions.of(
                        name, folder.resolve(name), 4_000_000, 40_000_000, Duration.ofHours(1)),
                Samples.START);
    }

    private Node node(String name, URI mosquitto) {
        Journal journal = journal(name);
        var uplink =
                new MqttUplink(
                        new MqttUplinkOptions(
                                mosquitto,
                                name,
                                Optional.empty(),
                                Optional.empty(),
                                client.towards(broker),
                                Stream.of(Lane.values()).map(journal::stream).toList()),
                        System::nanoTime);
        var way =
                new FailoverUplink(
                        List.of(
                                new FailoverUplink.Member(
                                        uplink, OptionalLong.empty(), Duration.ofSeconds(1))),
                        new FailoverUplink.StateSource(
                                name, () -> Samples.readings(random, Samples.START, 3)),
                        random,
                        CLOCK);
        return new Node(
                journal,
                new Shipper(journal, way, ShipperOptions.defaults(), random, CLOCK.instant()));
    }

    private CentreProcess centre(
            KafkaBroker kafka, MosquittoBroker mosquitto, String name, String role) {
        var words =
                new ArrayList<String>(
                        List.of(
                                "centre",
                                "--roles",
                                role,
                                "--kafka",
                                kafka.bootstrapServers(),
                                "--mqtt",
                                mosquitto.uri().toString().replace("ssl://", "mqtts://"),
                                "--mqtt.ca",
                                broker.certificate().toString(),
                                "--mqtt.certificate",
                                client.certificate().toString(),
                                "--mqtt.key",
                                client.key().toString(),
                                "--state",
                                folder.resolve(name).toString(),
                                "--partitions",
                                "2",
                                "--replication",
                                "1",
                                "--http",
                                "127.0.0.1:0"));
        return CentreProcess.launch(JAR, CentreProcess.QUICK_START, folder, name, words);
    }

    private static void turnFor(List<Node> nodes, Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        turnUntil(nodes, () -> System.nanoTime() > end);
    }

    private static void turnUntil(List<Node> nodes, BooleanSupplier done) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!done.getAsBoolean()) {
            for (Node node : nodes) {
                node.shipper().turn(CLOCK.instant());
            }
            assertTrue(
                    System.nanoTime() < end,
                    () -> "not within " + BOUND + ": " + nodes.getFirst().shipper().link());
            LockSupport.parkNanos(2_000_000);
        }
    }
}
