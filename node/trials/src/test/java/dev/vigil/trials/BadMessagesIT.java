package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.SenmlRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Senders that do wrong, beside one that does right: each is told or counted, none is in its way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadMessagesIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Workplace place = Workplace.fresh("bad-messages");
    private final KafkaBroker broker = KafkaBroker.startIn(place.file("kafka"));
    private final TrialSite site = site(place, broker);
    private final NodeProcess node =
            NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"));
    private final LevelMessages messages =
            new LevelMessages(InstantSource.system().instant().minus(Duration.ofHours(1)));
    private final SenderClient good = new SenderClient("good", 100, messages, (_, _) -> {});

    private static TrialSite site(Workplace place, KafkaBroker broker) {
        broker.createTopic(KafkaAudit.TOPIC, 1);
        return TrialSite.tanks(place, broker.bootstrapServers());
    }

    @BeforeAll
    void connect() throws IOException {
        node.awaitReady(BOUND);
        good.connect(site.mqttPort(), BOUND);
    }

    @AfterAll
    void nothingOfTheGoodSenderIsLost() throws IOException {
        try {
            sendGood(1_000);
            try (KafkaAudit audit =
                    new KafkaAudit(
                            broker.bootstrapServers(), KafkaAudit.TOPIC, messages::arrived)) {
                Waiting.until(
                        BOUND,
                        () -> {
                            audit.poll(Duration.ofMillis(50));
                            return messages.missing(good.sentTotal()) == 0;
                        });
                assertEquals(0, messages.missing(good.sentTotal()), () -> node.logTail(40));
                assertEquals(0, messages.repeated(good.sentTotal()));
                assertEquals(List.of(), audit.faults());
            }
        } finally {
            good.close();
            node.close();
            broker.close();
        }
    }

    @Test
    void aPayloadOf300KilobytesEndsItsConnectionUnacknowledged() throws IOException {
        try (SenderClient large =
                new SenderClient(
                        "large",
                        1,
                        source(_ -> "site/tank-1", (_, into) -> fill(into, 300 * 1024)),
                        (_, _) -> {})) {
            large.connect(site.mqttPort(), BOUND);
            try {
                large.send(0);
            } catch (SocketException _) {
                // the node knows from the header that it is too large, and may be gone before all
                // is sent
            }

            assertFalse(acknowledged(large));
            Waiting.require(BOUND, () -> !large.isConnected(), () -> "it stays connected");
        }
        sendGood(100);
    }

    @Test
    void tenThousandUnknownTopicsAreAcknowledgedAndQuarantinedEach() throws IOException {
        int topics = 10_000;
        try (SenderClient many =
                new SenderClient(
                        "many",
                        500,
                        source("elsewhere/%d"::formatted, (_, into) -> put(into, "1")),
                        (_, _) -> {})) {
            many.connect(site.mqttPort(), BOUND);
            for (int ticket = 0; ticket < topics; ticket++) {
                many.send(ticket);
            }
            assertTrue(many.awaitAcknowledgements(BOUND), () -> node.logTail(20));
        }
        Set<String> told = new HashSet<>();
        awaitQuarantined(
                record -> {
                    String text = String.valueOf(record.text());
                    if (text.startsWith("elsewhere/")) {
                        told.add(text.substring(0, text.indexOf(':')));
                    }
                    return told.size() >= topics;
                });
        assertEquals(topics, told.size());
        sendGood(100);
    }

    @Test
    void whatCannotBeReadIsQuarantinedWithItsReason() throws IOException {
        List<String> payloads =
                List.of(
                        "not json",
                        "[{\"n\":\"tank-1/level\",\"u\":\"m\",\"v\":NaN}]",
                        "[{\"n\":\"tank-1/level\",\"u\":\"Cel\",\"v\":1}]",
                        "[{\"n\":\"nobody/level\",\"u\":\"m\",\"v\":1}]",
                        "");
        try (SenderClient odd =
                new SenderClient(
                        "odd",
                        10,
                        source(
                                ticket -> "site/odd-" + ticket,
                                (ticket, into) -> put(into, payloads.get((int) ticket))),
                        (_, _) -> {})) {
            odd.connect(site.mqttPort(), BOUND);
            for (int ticket = 0; ticket < payloads.size(); ticket++) {
                odd.send(ticket);
            }
            assertTrue(odd.awaitAcknowledgements(BOUND), () -> node.logTail(20));
        }
        List<String> reasons = new ArrayList<>();
        awaitQuarantined(
                record -> {
                    String text = String.valueOf(record.text());
                    if (text.startsWith("site/odd-")) {
                        reasons.add(text);
                    }
                    return reasons.size() >= payloads.size();
                });
        assertEquals(payloads.size(), reasons.size(), reasons::toString);
        sendGood(100);
    }

    @Test
    void halfOpenConnectionsAreEndedAndInNobodysWay() throws IOException {
        byte[] connect = HexFormat.of().parseHex("101000044d51545404020000000468616c66");
        byte[] halfAPublish = HexFormat.of().parseHex("3280100006736974652f");
        List<Socket> silent = new ArrayList<>();
        List<Socket> halfway = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                silent.add(open(new byte[0]));
                silent.add(open(Arrays.copyOf(connect, 7)));
            }
            connect[connect.length - 1] = 'a';
            for (int i = 0; i < 20; i++) {
                connect[connect.length - 1]++;
                Socket socket = open(connect);
                socket.getOutputStream().write(halfAPublish);
                halfway.add(socket);
            }

            sendGood(2_000);

            for (Socket socket : silent) {
                assertEnds(socket);
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
            for (Socket socket : halfway) {
                socket.close();
            }
        }
    }

    /** Reads until the node ends it; a socket that stays open for 30 s is an error. */
    private static void assertEnds(Socket socket) throws IOException {
        socket.setSoTimeout(Math.toIntExact(BOUND.toMillis()));
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("a half-open connection is still there after " + BOUND, e);
        } catch (SocketException _) {
            // reset: it has ended as well
        }
    }

    private Socket open(byte[] first) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.mqttPort());
        socket.getOutputStream().write(first);
        return socket;
    }

    private boolean acknowledged(SenderClient sender) {
        try {
            return sender.awaitAcknowledgements(Duration.ofSeconds(5));
        } catch (IOException e) {
            return false;
        }
    }

    private void sendGood(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            messages.ensure(good.sentTotal());
            good.send(good.sentTotal());
        }
        assertTrue(good.awaitAcknowledgements(BOUND), () -> node.logTail(40));
    }

    private void awaitQuarantined(java.util.function.Predicate<SenmlRecord> enough) {
        boolean[] found = {false};
        try (KafkaAudit audit =
                new KafkaAudit(
                        broker.bootstrapServers(),
                        KafkaAudit.TOPIC,
                        record -> {
                            if (record.name().equals("quarantine")) {
                                found[0] |= enough.test(record);
                            }
                        })) {
            Waiting.until(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return found[0];
                    });
        }
    }

    private static SenderClient.Source source(
            java.util.function.LongFunction<String> topic, Payload payload) {
        return new SenderClient.Source() {
            @Override
            public byte[] topic(long ticket) {
                return topic.apply(ticket).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public int payload(long ticket, byte[] into) {
                return payload.write(ticket, into);
            }
        };
    }

    @FunctionalInterface
    private interface Payload {
        int write(long ticket, byte[] into);
    }

    private static int fill(byte[] into, int length) {
        Arrays.fill(into, 0, length, (byte) '7');
        return length;
    }

    private static int put(byte[] into, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, into, 0, bytes.length);
        return bytes.length;
    }
}
