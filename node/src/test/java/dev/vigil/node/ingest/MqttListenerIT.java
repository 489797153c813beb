package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint with mosquitto's clients, which nobody here wrote. */
class MqttListenerIT {
    private static final String TOPIC = "site/kitchen/temperature";
    private static final String ALARM = "vigil/v1/org/node-1/alarm/heat/kitchen";

    private ListenerRig rig;

    @BeforeEach
    void start() {
        rig = new ListenerRig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private String[] client(String program, String version, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                program,
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(rig.port()),
                                "-V",
                                version));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private int publish(String version, String... more) {
        return Tool.run(client("mosquitto_pub", version, more));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv31", "mqttv311", "mqttv5"})
    void numberAtQos1IsAReadingAndIsAcknowledged(String version) {
        assertEquals(0, publish(version, "-q", "1", "-t", TOPIC, "-m", "21.5"));
        assertEquals(List.of(21.5), rig.values());
        assertEquals(1, rig.count(IngestCounters.Count.ACKNOWLEDGED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv311", "mqttv5"})
    void numberAtQos0IsAReadingWithoutAPuback(String version) {
        assertEquals(0, publish(version, "-q", "0", "-t", TOPIC, "-m", "21.5"));
        ListenerRig.await("a reading", () -> rig.values().equals(List.of(21.5)));
        assertEquals(0, rig.count(IngestCounters.Count.ACKNOWLEDGED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv311", "mqttv5"})
    void pubackComesWhenTheRecordIsDurableAndNotBefore(String version) {
        rig.commit(false);
        try (Tool sender =
                Tool.start(
                        client(
                                "mosquitto_pub",
                                version,
                                "-d",
                                "-q",
                                "1",
                                "-t",
                                TOPIC,
                                "-m",
                                "1"))) {
            ListenerRig.await("it is judged", () -> rig.values().size() == 1);
            assertTrue(sender.isAlive());
            assertEquals(0, rig.count(IngestCounters.Count.ACKNOWLEDGED));
            rig.commit(true);
            assertEquals(0, sender.exitCode());
            assertTrue(sender.lines().stream().anyMatch(line -> line.contains("received PUBACK")));
        }
    }

    @Test
    void qos2OfVersion311EndsTheConnectionAndIsCounted() {
        // mosquitto_pub tries again and again; it is ended by the test.
        try (Tool sender =
                Tool.start(
                        client(
                                "mosquitto_pub",
                                "mqttv311",
                                "-d",
                                "-q",
                                "2",
                                "-t",
                                TOPIC,
                                "-m",
                                "1"))) {
            ListenerRig.await(
                    "refused: " + sender.lines(),
                    () -> rig.counters.refused(RefusalReason.QOS_2) > 0);
        }
        assertEquals(List.of(), rig.values());
    }

    @Test
    void qos2OfVersion5IsNotEvenSentBecauseTheMaximumIsTold() {
        try (Tool sender =
                Tool.start(
                        client(
                                "mosquitto_pub",
                                "mqttv5",
                                "-d",
                                "-q",
                                "2",
                                "-t",
                                TOPIC,
                                "-m",
                                "1"))) {
            int exit = sender.exitCode();
            assertTrue(
                    sender.lines().toString().contains("QoS"),
                    () -> "exit " + exit + ": " + sender.lines());
        }
        assertEquals(List.of(), rig.values());
    }

    @Test
    void retainedReadingIsAReadingAndAnEmptyOneIsOnlyAcknowledged() {
        assertEquals(0, publish("mqttv5", "-r", "-q", "1", "-t", TOPIC, "-m", "4"));
        assertEquals(0, publish("mqttv311", "-r", "-q", "1", "-t", TOPIC, "-n"));
        assertEquals(List.of(4.0), rig.values());
        assertEquals(1, rig.count(IngestCounters.Count.RETAINED_CLEARS));
        assertEquals(2, rig.count(IngestCounters.Count.ACKNOWLEDGED));
        assertEquals(0, rig.counters.quarantinedTotal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv311", "mqttv5"})
    void willOfASensorWhoseConnectionBreaksIsADurableNoteThatItIsGone(String version) {
        Tool sensor =
                Tool.start(
                        client(
                                "mosquitto_sub",
                                version,
                                "-i",
                                "sensor-7",
                                "-t",
                                "x",
                                "--will-topic",
                                "sensors/7/lwt",
                                "--will-payload",
                                "offline"));
        ListenerRig.await("it is there", () -> rig.counters.connections() == 1);
        sensor.kill();
        ListenerRig.await(
                "its will is taken",
                () -> rig.counters.quarantined(QuarantineReason.SENSOR_GONE) == 1);
        ListenerRig.await("it is a record", () -> rig.taken.size() == 1);
        Arrival.Quarantined note = (Arrival.Quarantined) rig.taken.getFirst();
        assertEquals("sensors/7/lwt", note.topic());
        assertEquals("offline", new String(note.payload(), StandardCharsets.UTF_8));
        assertTrue(note.reason().contains("sensor-7"), note.reason());
        assertEquals(0, rig.counters.connections());
    }

    @Test
    void willOnAMappedTopicIsReadLikeAnyMessage() {
        Tool sensor =
                Tool.start(
                        client(
                                "mosquitto_sub",
                                "mqttv311",
                                "-t",
                                "x",
                                "--will-topic",
                                TOPIC,
                                "--will-payload",
                                "-40"));
        ListenerRig.await("it is there", () -> rig.counters.connections() == 1);
        sensor.kill();
        ListenerRig.await("a reading", () -> rig.values().equals(List.of(-40.0)));
    }

    @Test
    void willOfAClientThatSaysGoodbyeIsForgotten() {
        assertEquals(
                0,
                publish(
                        "mqttv311",
                        "-q",
                        "1",
                        "-t",
                        TOPIC,
                        "-m",
                        "1",
                        "--will-topic",
                        TOPIC,
                        "--will-payload",
                        "2"));
        ListenerRig.await("it is gone", () -> rig.counters.connections() == 0);
        assertEquals(0, rig.count(IngestCounters.Count.WILLS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv311 0", "mqttv311 1", "mqttv311 2", "mqttv5 1", "mqttv5 2"})
    void subscriberGetsRetainedAndNewAlarms(String versionAndQos) {
        String version = versionAndQos.split(" ", 2)[0];
        String qos = versionAndQos.split(" ", 2)[1];
        assertTrue(rig.listener.publish(ALARM, bytes("first"), true));
        try (Tool reader =
                Tool.start(
                        client(
                                "mosquitto_sub",
                                version,
                                "-q",
                                qos,
                                "-t",
                                "vigil/v1/+/+/alarm/#",
                                "-F",
                                "%r %t %p"))) {
            ListenerRig.await("what is retained", () -> reader.lines().size() == 1);
            assertTrue(rig.listener.publish(ALARM, bytes("second"), true));
            assertTrue(rig.listener.publish("vigil/v1/org/node-1/status", bytes("no"), false));
            assertTrue(rig.listener.publish(ALARM + "/2", bytes("third"), false));
            ListenerRig.await("what is new", () -> reader.lines().size() == 3);
            assertEquals(
                    List.of(
                            "1 " + ALARM + " first",
                            "0 " + ALARM + " second",
                            "0 " + ALARM + "/2 third"),
                    reader.lines());
        }
    }

    @Test
    void clearedRetainedAlarmIsNotSentToASubscriberThatComesLater() {
        rig.listener.publish(ALARM, bytes("on"), true);
        rig.listener.publish(ALARM + "/b", bytes("on"), true);
        rig.listener.publish(ALARM, new byte[0], true);
        try (Tool reader = Tool.start(client("mosquitto_sub", "mqttv311", "-t", "#", "-F", "%t"))) {
            ListenerRig.await("what is retained", () -> !reader.lines().isEmpty());
            assertEquals(List.of(ALARM + "/b"), reader.lines());
        }
    }

    @Test
    void sensorsMessagesAreNotForwarded() {
        try (Tool reader = Tool.start(client("mosquitto_sub", "mqttv311", "-t", "#", "-F", "%t"))) {
            ListenerRig.await("it is there", () -> rig.counters.connections() == 1);
            assertEquals(0, publish("mqttv311", "-q", "1", "-t", TOPIC, "-m", "1"));
            rig.listener.publish(ALARM, bytes("x"), false);
            ListenerRig.await("a message of the node", () -> !reader.lines().isEmpty());
            assertEquals(List.of(ALARM), reader.lines());
        }
    }

    @Test
    void newerConnectionWithTheSameClientIdTakesOver() {
        String[] twin =
                client(
                        "mosquitto_sub",
                        "mqttv5",
                        "-i",
                        "twin",
                        "-t",
                        "#",
                        "--will-topic",
                        TOPIC,
                        "--will-payload",
                        "7");
        try (Tool older = Tool.start(twin)) {
            ListenerRig.await("older is there", () -> rig.counters.connections() == 1);
            try (Tool newer = Tool.start(twin)) {
                ListenerRig.await(
                        "one is refused: " + older.lines() + newer.lines(),
                        () -> rig.counters.refused(RefusalReason.TAKEN_OVER) > 0);
                ListenerRig.await("its will is read", () -> rig.values().contains(7.0));
            }
        }
    }

    @Test
    void messagesWaitInTheirSocketsWhileTheNodeIsFullAndNoneIsLost() {
        rig.drain(false);
        int n = 5_000;
        try (Tool sender =
                Tool.start(
                        client(
                                "mosquitto_pub",
                                "mqttv311",
                                "-q",
                                "1",
                                "-t",
                                TOPIC,
                                "-M",
                                "1000",
                                "-l"))) {
            Thread typist =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        IntStream.range(0, n).forEach(i -> sender.type(i + "\n"));
                                        sender.endInput();
                                    });
            ListenerRig.await("reading stops", () -> rig.count(IngestCounters.Count.PAUSES) > 0);
            rig.drain(true);
            ListenerRig.await("all are taken", () -> rig.taken.size() >= n);
            assertEquals(0, sender.exitCode());
            ListenerRig.await("typist ends", () -> !typist.isAlive());
        }
        assertEquals(IntStream.range(0, n).mapToObj(i -> (double) i).toList(), rig.values());
        assertEquals(n, rig.count(IngestCounters.Count.ACKNOWLEDGED));
        assertEquals(0, rig.count(IngestCounters.Count.UNTAKEN_QOS_1));
    }

    @Test
    void badPayloadsAreQuarantinedWithAReasonAndAcknowledged() {
        String[][] bad = {
            {TOPIC, "twenty", "not-readable"},
            {TOPIC, "NaN", "not-finite"},
            {TOPIC, "-Infinity", "not-finite"},
            {"nowhere/at/all", "1", "unknown-topic"},
            {"site/cellar/temperature", "1", "unknown-channel"},
            {"site/senml", "{oops", "not-senml"},
            {"site/senml", "[{\"n\":\"kitchen/co\",\"u\":\"Cel\",\"v\":1}]", "wrong-unit"},
            {"site/senml", "[{\"n\":\"kitchen/co\",\"u\":\"ppm\",\"v\":1,\"x_\":2}]", "not-senml"},
        };
        for (String[] each : bad) {
            assertEquals(0, publish("mqttv311", "-q", "1", "-t", each[0], "-m", each[1]));
            assertEquals(each[2], rig.lastNote().orElseThrow().kind().tag(), each[1]);
        }
        assertEquals(bad.length, rig.count(IngestCounters.Count.ACKNOWLEDGED));
        assertEquals(bad.length, rig.counters.quarantinedTotal());
        assertEquals(bad.length, rig.taken.size());
    }
}
