package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.site.SiteConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The endpoint when more comes than it can take, or goes than a client reads. */
class MqttListenerLoadIT {
    private static final String TOPIC = "site/kitchen/temperature";

    private static byte[] bytes(Object value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static List<Double> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> (double) i).toList();
    }

    /** A small inbox and a window that is larger, so that the inbox is what is full. */
    private static ListenerRig withInboxOf(int arrivals) {
        return new ListenerRig(
                new SiteConfig.Listener("127.0.0.1", 0, 100, 65_536, 200, 60_000, Map.of()),
                new Inbox(arrivals, 1_000_000));
    }

    @Test
    void fullInboxStopsTheReadingOfSocketsAndNoQos1MessageIsLost() throws IOException {
        try (ListenerRig rig = withInboxOf(64);
                RawClient first = new RawClient(rig.port());
                RawClient second = new RawClient(rig.port())) {
            rig.drain(false);
            int n = 3_000;
            List<RawClient> clients = List.of(first, second);
            for (int c = 0; c < 2; c++) {
                RawClient client = clients.get(c);
                client.connect(c == 0 ? RawClient.V311 : RawClient.V5, "client-" + c, 60);
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                for (int i = 0; i < n; i++) {
                    all.writeBytes(
                            RawClient.publishBytes(
                                    c == 0 ? RawClient.V311 : RawClient.V5,
                                    1,
                                    i + 1,
                                    TOPIC,
                                    bytes(c * 10_000 + i)));
                }
                var _ =
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            try {
                                                client.send(all.toByteArray());
                                            } catch (IOException e) {
                                                throw new AssertionError(e);
                                            }
                                        });
            }
            ListenerRig.await("both are paused", () -> rig.count(IngestCounters.Count.PAUSES) >= 2);
            assertTrue(rig.inbox.isFull());
            rig.drain(true);
            for (RawClient client : clients) {
                for (int i = 0; i < n; i++) {
                    assertEquals(i + 1, client.puback());
                }
            }
            List<Double> values = rig.values();
            assertEquals(numbers(0, n), values.stream().filter(v -> v < 10_000).toList());
            assertEquals(
                    numbers(10_000, 10_000 + n), values.stream().filter(v -> v >= 10_000).toList());
            assertEquals(2L * n, rig.count(IngestCounters.Count.ACKNOWLEDGED));
        }
    }

    @Test
    void qos0BeyondAFullInboxIsDroppedAndCounted() throws IOException {
        try (ListenerRig rig = withInboxOf(64);
                RawClient client = new RawClient(rig.port())) {
            rig.drain(false);
            client.connect(RawClient.V311, "a", 60);
            int n = 1_000;
            for (int i = 0; i < n; i++) {
                client.publish(RawClient.V311, 0, 0, TOPIC, bytes(i));
            }
            ListenerRig.await(
                    "all are received", () -> rig.count(IngestCounters.Count.MESSAGES) == n);
            long dropped = rig.count(IngestCounters.Count.DROPPED_QOS_0);
            assertTrue(dropped > 0);
            rig.drain(true);
            ListenerRig.await("the rest is taken", () -> rig.taken.size() == n - dropped);
            assertEquals(numbers(0, (int) (n - dropped)), rig.values());
        }
    }

    @Test
    void recordsThatAreNotDurableAreBoundedWhileTheDiskStandsStill() throws IOException {
        try (ListenerRig rig =
                        new ListenerRig(
                                ListenerRig.listening(100, Map.of()),
                                new Inbox(65_536, 10_000_000));
                RawClient client = new RawClient(rig.port())) {
            rig.commit(false);
            client.connect(RawClient.V311, "a", 60);
            StringBuilder pack =
                    new StringBuilder("[{\"bn\":\"kitchen/temperature\",\"bu\":\"Cel\"}");
            for (int i = 0; i < 3_000; i++) {
                pack.append(",{\"v\":").append(i).append('}');
            }
            byte[] payload = bytes(pack.append(']'));
            int messages = 3 * Sessions.RECORDS_IN_FLIGHT_MAX / 3_000;
            for (int i = 0; i < messages; i++) {
                client.publish(RawClient.V311, 0, 0, "site/senml", payload);
            }
            ListenerRig.await(
                    "all are received", () -> rig.count(IngestCounters.Count.MESSAGES) == messages);
            long taken = rig.count(IngestCounters.Count.READINGS);
            assertTrue(taken >= Sessions.RECORDS_IN_FLIGHT_MAX, "taken " + taken);
            assertTrue(taken < Sessions.RECORDS_IN_FLIGHT_MAX + 3_000, "taken " + taken);
            rig.commit(true);
            client.publish(RawClient.V311, 1, 1, "site/senml", payload);
            assertEquals(1, client.puback());
        }
    }

    @Test
    void window311StopsReadingOneConnectionAndLeavesTheOthersAlone() throws IOException {
        try (ListenerRig rig = new ListenerRig();
                RawClient greedy = new RawClient(rig.port());
                RawClient other = new RawClient(rig.port())) {
            rig.commit(false);
            greedy.connect(RawClient.V311, "greedy", 60);
            other.connect(RawClient.V311, "other", 60);
            for (int i = 0; i < 200; i++) {
                greedy.publish(RawClient.V311, 1, i + 1, TOPIC, bytes(i));
            }
            ListenerRig.await("paused", () -> rig.count(IngestCounters.Count.PAUSES) == 1);
            other.publish(RawClient.V311, 1, 1, "site/kitchen/co", bytes(5));
            ListenerRig.await("the other's is taken", () -> rig.values().contains(5 / 1e6));
            assertEquals(21, rig.values().size());
            rig.commit(true);
            for (int i = 0; i < 200; i++) {
                assertEquals(i + 1, greedy.puback());
            }
        }
    }

    @Test
    void moreThanTheReceiveMaximumOfVersion5IsRefusedWithItsReasonCode() throws IOException {
        try (ListenerRig rig = new ListenerRig();
                RawClient client = new RawClient(rig.port())) {
            rig.commit(false);
            client.connect(RawClient.V5, "greedy", 60);
            for (int i = 0; i < 21; i++) {
                client.publish(RawClient.V5, 1, i + 1, TOPIC, bytes(i));
            }
            assertEquals(0x93, client.expect(0xe0)[0] & 0xff);
            assertTrue(client.isClosedByNode());
            assertEquals(1, rig.counters.refused(RefusalReason.IN_FLIGHT));
        }
    }

    @Test
    void senderOfWhatTheJournalCantKeepIsEndedWithoutAPuback() throws IOException {
        try (ListenerRig rig = new ListenerRig();
                RawClient five = new RawClient(rig.port());
                RawClient older = new RawClient(rig.port())) {
            rig.commit(false);
            five.connect(RawClient.V5, "five", 60);
            older.connect(RawClient.V311, "older", 60);
            for (int i = 1; i <= 3; i++) {
                five.publish(RawClient.V5, 1, i, TOPIC, bytes(i));
                older.publish(RawClient.V311, 1, i, TOPIC, bytes(i));
            }
            ListenerRig.await("all are judged", () -> rig.taken.size() == 6);
            rig.taken.forEach(arrival -> arrival.acknowledgement().refused("disk is gone"));
            assertEquals(0x89, five.expect(0xe0)[0] & 0xff);
            assertTrue(older.isClosedByNode());
            assertEquals(2, rig.counters.refused(RefusalReason.JOURNAL));
            assertEquals(0, rig.count(IngestCounters.Count.ACKNOWLEDGED));
        }
    }

    @Test
    void pubacksAreInTheOrderOfTheMessagesWhateverBecomesDurableFirst() throws IOException {
        try (ListenerRig rig = new ListenerRig();
                RawClient client = new RawClient(rig.port())) {
            rig.commit(false);
            client.connect(RawClient.V311, "a", 60);
            for (int i = 0; i < 15; i++) {
                client.publish(RawClient.V311, 1, 100 + i, TOPIC, bytes(i));
            }
            ListenerRig.await("all are taken", () -> rig.taken.size() == 15);
            List<Arrival> backwards = new ArrayList<>(rig.taken).reversed();
            backwards.forEach(arrival -> arrival.acknowledgement().durable());
            for (int i = 0; i < 15; i++) {
                assertEquals(100 + i, client.puback());
            }
        }
    }

    @Test
    void tenThousandTopicsAreHarmless() throws IOException {
        try (ListenerRig rig = new ListenerRig();
                RawClient client = new RawClient(rig.port())) {
            client.connect(RawClient.V311, "a", 60);
            for (int i = 0; i < 10_000; i++) {
                client.publish(RawClient.V311, 0, 0, "strange/" + i, bytes(i));
            }
            ListenerRig.await(
                    "all are quarantined or dropped",
                    () ->
                            rig.counters.quarantined(QuarantineReason.UNKNOWN_TOPIC)
                                            + rig.count(IngestCounters.Count.DROPPED_QOS_0)
                                    == 10_000);
            assertEquals(Quarantine.KEPT, rig.quarantine.latest().size());
            client.publish(RawClient.V311, 1, 9, TOPIC, bytes(1));
            assertEquals(9, client.puback());
            assertEquals(List.of(1.0), rig.values());
        }
    }

    @Test
    void subscriberThatDoesNotReadIsDroppedAndOthersGoOn() throws IOException {
        try (ListenerRig rig = new ListenerRig();
                RawClient lazy = new RawClient(rig.port());
                RawClient good = new RawClient(rig.port())) {
            for (RawClient client : List.of(lazy, good)) {
                client.connect(RawClient.V311, client == lazy ? "lazy" : "good", 60);
                client.packet(0x82, 0, 1, "vigil/#", 0);
                client.expect(0x90);
            }
            byte[] payload = new byte[10_000];
            int sent = 0;
            while (rig.counters.refused(RefusalReason.SLOW_SUBSCRIBER) == 0 && sent < 20_000) {
                if (rig.listener.publish("vigil/status", payload, false)) {
                    sent++;
                    good.expect(0x30);
                }
            }
            assertEquals(1, rig.counters.refused(RefusalReason.SLOW_SUBSCRIBER), "sent " + sent);
            ListenerRig.await("only one is left", () -> rig.counters.connections() == 1);
            rig.listener.publish("vigil/last", bytes("x"), false);
            assertEquals('x', good.expect(0x30)[12]);
        }
    }
}
