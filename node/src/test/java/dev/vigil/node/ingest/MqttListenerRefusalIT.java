package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vigil.node.site.SiteConfig;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the endpoint does not take, and how it says so. */
class MqttListenerRefusalIT {
    private static final String TOPIC = "site/kitchen/temperature";
    private ListenerRig rig;

    @BeforeEach
    void start() {
        rig = new ListenerRig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void assertRefused(RefusalReason reason) {
        assertRefused(reason, 1);
    }

    private void assertRefused(RefusalReason reason, int times) {
        ListenerRig.await("refused for " + reason, () -> rig.counters.refused(reason) == times);
        assertEquals(times, rig.counters.refusedTotal());
        ListenerRig.await("it is gone", () -> rig.counters.connections() == 0);
    }

    @Test
    void payloadOf300KilobytesIsRefusedWithPacketTooLarge() throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            client.connect(RawClient.V5, "big", 60);
            client.publish(RawClient.V5, 1, 1, TOPIC, new byte[300_000]);
            assertEquals(0x95, client.expect(0xe0)[0] & 0xff);
            assertTrue(client.isClosedByNode());
        }
        assertRefused(RefusalReason.PACKET_SIZE);
        assertEquals(0, rig.taken.size());
    }

    @Test
    void payloadOf300KilobytesOfVersion311EndsTheConnection() {
        byte[] big = new byte[300_000];
        Arrays.fill(big, (byte) '1');
        try (Tool sender =
                Tool.start(
                        "mosquitto_pub",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(rig.port()),
                        "-q",
                        "1",
                        "-t",
                        TOPIC,
                        "-s")) {
            sender.type(new String(big, StandardCharsets.ISO_8859_1));
            sender.endInput();
            ListenerRig.await("refused", () -> rig.counters.refused(RefusalReason.PACKET_SIZE) > 0);
        }
        assertEquals(0, rig.taken.size());
    }

    /** Both at once: each takes the ten seconds a client has for its CONNECT. */
    @Test
    void socketsThatNeverSayConnectOrHalfOfItAreClosed() throws IOException {
        try (RawClient silent = new RawClient(rig.port());
                RawClient half = new RawClient(rig.port())) {
            half.send(new byte[] {0x10, 0x20, 0, 4, 'M', 'Q'});
            assertTrue(silent.isClosedByNode());
            assertTrue(half.isClosedByNode());
        }
        assertRefused(RefusalReason.NO_CONNECT, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {RawClient.V311, RawClient.V5})
    void halfOpenConnectionEndsAfterOneAndAHalfKeepAlives(int version) throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            client.connect(version, "silent", 1);
            long from = System.nanoTime();
            if (version == RawClient.V5) {
                assertEquals(0x8d, client.expect(0xe0)[0] & 0xff);
            }
            assertTrue(client.isClosedByNode());
            double seconds = (System.nanoTime() - from) / 1e9;
            assertTrue(seconds >= 1.2 && seconds < 6, "after " + seconds + " s");
        }
        assertRefused(RefusalReason.KEEP_ALIVE);
    }

    @Test
    void pingKeepsAConnectionAlive() throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            client.connect(RawClient.V311, "alive", 1);
            long end = System.nanoTime() + 4_000_000_000L;
            while (System.nanoTime() < end) {
                client.packet(0xc0);
                client.expect(0xd0);
                LockSupport.parkNanos(300_000_000L);
            }
            assertEquals(1, rig.counters.connections());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "\u0001\u0002\u0003\u0004\u0005\u0006\u0007",
                "0\u0003\u0000\u0001x" // PUBLISH before CONNECT
            })
    void whatIsNotMqttIsRefused(String garbage) throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            client.send(garbage.getBytes(StandardCharsets.ISO_8859_1));
            assertTrue(client.isClosedByNode());
        }
        ListenerRig.await("refused", () -> rig.counters.refusedTotal() == 1);
    }

    @Test
    void secondConnectIsAProtocolError() throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            client.connect(RawClient.V5, "twice", 60);
            client.packet(0x10, "MQTT", 5, 0x02, 0, 60, 0, "twice");
            assertEquals(0x82, client.expect(0xe0)[0] & 0xff);
            assertTrue(client.isClosedByNode());
        }
        assertRefused(RefusalReason.PROTOCOL);
    }

    @Test
    void unknownProtocolVersionIsToldSo() throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            assertEquals(1, client.connect(9, "future", 60)[1]);
            assertTrue(client.isClosedByNode());
        }
        assertRefused(RefusalReason.CONNECT_PACKET);
    }

    @Test
    void qos2OfVersion5IsRefusedWithItsReasonCode() throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            byte[] connack = client.connect(RawClient.V5, "two", 60);
            // Maximum QoS (0x24) 1 and Receive Maximum (0x21) 20 among the properties.
            String properties = new String(connack, StandardCharsets.ISO_8859_1);
            assertTrue(properties.contains("$\u0001"));
            assertTrue(properties.contains("!\u0000\u0014"));
            client.publish(RawClient.V5, 2, 1, TOPIC, new byte[] {'1'});
            assertEquals(0x9b, client.expect(0xe0)[0] & 0xff);
        }
        assertRefused(RefusalReason.QOS_2);
    }

    @Test
    void topicOf201CharactersIsRefused() throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            client.connect(RawClient.V5, "long", 60);
            client.publish(RawClient.V5, 1, 1, "x".repeat(201), new byte[] {'1'});
            assertEquals(0x90, client.expect(0xe0)[0] & 0xff);
        }
        assertRefused(RefusalReason.TOPIC);
    }

    @Test
    void topicWithAWildcardOrBadUtf8IsRefused() throws IOException {
        for (String topic : List.of("a/+/b", "a\u0000b")) {
            try (RawClient client = new RawClient(rig.port())) {
                client.connect(RawClient.V311, "wild", 60);
                client.publish(RawClient.V311, 0, 0, topic, new byte[] {'1'});
                assertTrue(client.isClosedByNode());
            }
        }
        assertEquals(2, rig.counters.refusedTotal());
        assertEquals(0, rig.taken.size());
    }

    @Test
    void oneConnectionTooManyIsRefusedAndATakeoverIsNot() throws IOException {
        try (ListenerRig small =
                        new ListenerRig(ListenerRig.listening(2, Map.of()), new Inbox(1024, 8192));
                RawClient a = new RawClient(small.port());
                RawClient b = new RawClient(small.port());
                RawClient c = new RawClient(small.port());
                RawClient d = new RawClient(small.port());
                RawClient again = new RawClient(small.port())) {
            assertEquals(0, a.connect(RawClient.V311, "a", 60)[1]);
            assertEquals(0, b.connect(RawClient.V5, "b", 60)[1]);
            assertEquals(3, c.connect(RawClient.V311, "c", 60)[1]);
            assertEquals(0x89, d.connect(RawClient.V5, "d", 60)[1] & 0xff);
            assertEquals(0, again.connect(RawClient.V311, "a", 60)[1]);
            assertTrue(a.isClosedByNode());
            assertEquals(2, small.counters.refused(RefusalReason.CONNECTIONS));
            assertEquals(1, small.counters.refused(RefusalReason.TAKEN_OVER));
            ListenerRig.await("two are left", () -> small.counters.connections() == 2);
        }
    }

    @Test
    void credentialsAreChecked() {
        try (ListenerRig guarded =
                new ListenerRig(
                        ListenerRig.listening(10, Map.of("kitchen", "s3cret")),
                        new Inbox(1024, 8192))) {
            for (String version : List.of("mqttv311", "mqttv5")) {
                assertEquals(0, publish(guarded, version, "-u", "kitchen", "-P", "s3cret"));
                assertTrue(publish(guarded, version, "-u", "kitchen", "-P", "wrong") != 0);
                assertTrue(publish(guarded, version, "-u", "nobody", "-P", "s3cret") != 0);
                assertTrue(publish(guarded, version) != 0);
            }
            assertEquals(6, guarded.counters.refused(RefusalReason.CREDENTIALS));
            assertEquals(List.of(1.0, 1.0), guarded.values());
        }
    }

    private static int publish(ListenerRig to, String version, String... more) {
        return Tool.run(
                Stream.concat(
                                Stream.of(
                                        "mosquitto_pub",
                                        "-h",
                                        "127.0.0.1",
                                        "-p",
                                        Integer.toString(to.port()),
                                        "-V",
                                        version,
                                        "-q",
                                        "1",
                                        "-t",
                                        TOPIC,
                                        "-m",
                                        "1"),
                                Arrays.stream(more))
                        .toArray(String[]::new));
    }

    @Test
    void withoutCredentialsOnlyLoopbackIsServed() throws IOException {
        InetAddress outside =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(address -> !address.isLoopbackAddress())
                        .filter(address -> address instanceof Inet4Address)
                        .findFirst()
                        .orElse(null);
        assumeTrue(outside != null, "this machine has only loopback");
        try (ListenerRig open =
                new ListenerRig(
                        new SiteConfig.Listener("0.0.0.0", 0, 10, 65_536, 200, 20, Map.of()),
                        new Inbox(1024, 8192))) {
            int exit =
                    Tool.run(
                            "mosquitto_pub",
                            "-h",
                            outside.getHostAddress(),
                            "-p",
                            Integer.toString(open.port()),
                            "-q",
                            "1",
                            "-t",
                            TOPIC,
                            "-m",
                            "1");
            assertTrue(exit != 0);
            assertEquals(1, open.counters.refused(RefusalReason.ANONYMOUS));
            assertEquals(0, publish(open, "mqttv311"));
        }
    }

    @Test
    void subscriptionsThatCantBeAreAnsweredOneByOne() throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            client.connect(RawClient.V5, "reader", 60);
            client.packet(0x82, 0, 7, 0, "a/#", 1, "a/#/b", 1, "$share/g/a", 1, "b+", 0, "c", 2);
            byte[] suback = client.expect(0x90);
            assertEquals(
                    List.of(1, 0x8f, 0x9e, 0x8f, 1),
                    IntStream.range(3, suback.length).mapToObj(i -> suback[i] & 0xff).toList());
            client.packet(0xa2, 0, 8, 0, "a/#", "never");
            byte[] unsuback = client.expect(0xb0);
            assertEquals(0x00, unsuback[3]);
            assertEquals(0x11, unsuback[4]);
        }
    }

    @Test
    void portThatIsTakenIsAnErrorThatNamesIt() {
        ListenerRig second = rig;
        IllegalStateException error =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                new ListenerRig(
                                                new SiteConfig.Listener(
                                                        "127.0.0.1",
                                                        second.port(),
                                                        10,
                                                        65_536,
                                                        200,
                                                        20,
                                                        Map.of()),
                                                new Inbox(1024, 8192))
                                        .close());
        assertTrue(
                String.valueOf(error.getMessage()).contains("127.0.0.1:" + second.port()),
                error.getMessage());
    }
}
