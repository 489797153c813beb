package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.SenmlRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The node between programs nobody here wrote. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InteropIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Workplace place = Workplace.fresh("interop");
    private final KafkaBroker broker = KafkaBroker.startIn(place.file("kafka"));
    private final TrialSite site = site(place, broker);
    private final NodeProcess node =
            NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"));

    private static TrialSite site(Workplace place, KafkaBroker broker) {
        broker.createTopic(KafkaAudit.TOPIC, 1);
        return TrialSite.tankPlan()
                .kafka(broker.bootstrapServers())
                .numberTopic("plain/level", "tank-7/level")
                .write(place);
    }

    @BeforeAll
    void awaitReady() {
        node.awaitReady(BOUND);
    }

    @AfterAll
    void end() {
        node.close();
        broker.close();
    }

    @Test
    void mosquittoPublishesSenmlAtQos1WithMqtt311() {
        Tool.Ended ended =
                publish(
                        List.of("-V", "mqttv311", "-q", "1", "-t", "site/tank-1"),
                        "[{\"n\":\"tank-1/level\",\"u\":\"m\",\"v\":1.25}]");

        assertEquals(0, ended.code(), ended.output());
        assertEquals(1.25, awaitAtKafka("tank-1/level").value());
    }

    @Test
    void mosquittoPublishesANumberAtQos1WithMqtt5() {
        Tool.Ended ended = publish(List.of("-V", "mqttv5", "-q", "1", "-t", "plain/level"), "3.75");

        assertEquals(0, ended.code(), ended.output());
        assertEquals(3.75, awaitAtKafka("tank-7/level").value());
    }

    @Test
    void mosquittoPublishesRetainedAtQos0() {
        Tool.Ended ended =
                publish(
                        List.of("-q", "0", "-r", "-t", "site/tank-2"),
                        "[{\"n\":\"tank-2/level\",\"u\":\"m\",\"v\":2}]");

        assertEquals(0, ended.code(), ended.output());
        assertEquals(2, awaitAtKafka("tank-2/level").value());
    }

    @Test
    void manyLinesOfMosquittoAreManyReadings() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            lines.append("[{\"n\":\"tank-3/level\",\"u\":\"m\",\"v\":%d}]\n".formatted(i));
        }

        Tool.Ended ended =
                Tool.run(
                        BOUND,
                        "mosquitto-clients",
                        lines.toString(),
                        command(List.of("-l", "-q", "1", "-t", "site/tank-3")));

        assertEquals(0, ended.code(), ended.output());
        List<Double> values = new ArrayList<>();
        try (KafkaAudit audit =
                new KafkaAudit(
                        broker.bootstrapServers(),
                        KafkaAudit.TOPIC,
                        record -> {
                            if (record.name().equals("tank-3/level")) {
                                values.add(record.value());
                            }
                        })) {
            Waiting.until(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return values.size() >= 500;
                    });
        }
        List<Double> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add((double) i);
        }
        assertEquals(sent, values);
    }

    @Test
    void mosquittoSubHearsTheAlarm() {
        List<String> command =
                List.of(
                        "mosquitto_sub",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        "" + site.mqttPort(),
                        "-q",
                        "1",
                        "-t",
                        "vigil/v1/#",
                        "-v",
                        "-C",
                        "1",
                        "-W",
                        "30");
        Process listening = Tool.start("mosquitto-clients", command);
        try {
            Waiting.require(
                    BOUND, () -> connections() >= 1, () -> "mosquitto_sub is not connected");
            publish(
                    List.of("-q", "1", "-t", "site/room"),
                    "[{\"n\":\"room/temperature\",\"u\":\"Cel\",\"v\":80}]");
            publish(
                    List.of("-q", "1", "-t", "site/room"),
                    "[{\"n\":\"room/temperature\",\"u\":\"Cel\",\"v\":81}]");

            Tool.Ended heard = Tool.await(listening, BOUND, command);

            assertEquals(0, heard.code(), heard.output());
            assertTrue(heard.output().startsWith("vigil/v1/"), heard.output());
            assertTrue(heard.output().contains("room"), heard.output());
        } finally {
            listening.destroyForcibly();
        }
    }

    @Test
    void kcatReadsKeysAndCloudEventsHeaders() {
        publish(
                List.of("-q", "1", "-t", "site/tank-4"),
                "[{\"n\":\"tank-4/level\",\"u\":\"m\",\"v\":4}]");
        awaitAtKafka("tank-4/level");

        Tool.Ended read =
                Tool.run(
                        BOUND,
                        "kcat",
                        "",
                        List.of(
                                "kcat",
                                "-C",
                                "-e",
                                "-q",
                                "-b",
                                broker.bootstrapServers(),
                                "-t",
                                KafkaAudit.TOPIC,
                                "-o",
                                "beginning",
                                "-f",
                                "%k|%h|%S\n"));

        assertEquals(0, read.code(), read.output());
        List<String> history =
                read.output().lines().filter(line -> line.contains("/history|")).toList();
        assertTrue(!history.isEmpty(), read.output());
        for (String line : history) {
            assertTrue(line.startsWith("tanks/"), line);
            for (String header :
                    List.of("ce_specversion=1.0", "ce_id=", "ce_source=", "ce_type=")) {
                assertTrue(line.contains(header), () -> header + " is missing in " + line);
            }
        }
    }

    private long connections() {
        try {
            return (long) NodeMetrics.of(node).sum("vigil_connections", "");
        } catch (java.io.IOException e) {
            return 0; // asked again
        }
    }

    private Tool.Ended publish(List<String> arguments, String payload) {
        List<String> command = new ArrayList<>(command(arguments));
        command.addAll(List.of("-m", payload));
        return Tool.run(BOUND, "mosquitto-clients", "", command);
    }

    private List<String> command(List<String> arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of("mosquitto_pub", "-h", "127.0.0.1", "-p", "" + site.mqttPort()));
        command.addAll(arguments);
        return command;
    }

    private SenmlRecord awaitAtKafka(String channel) {
        List<SenmlRecord> found = new ArrayList<>();
        try (KafkaAudit audit =
                new KafkaAudit(
                        broker.bootstrapServers(),
                        KafkaAudit.TOPIC,
                        record -> {
                            if (record.name().equals(channel)) {
                                found.add(record);
                            }
                        })) {
            Waiting.require(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return !found.isEmpty();
                    },
                    () ->
                            "no record of %s at Kafka; the node says: %s"
                                    .formatted(channel, node.logTail(20)));
        }
        return found.getFirst();
    }
}
