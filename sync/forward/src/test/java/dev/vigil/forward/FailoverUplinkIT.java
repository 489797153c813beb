package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Kafka before a real mosquitto. */
class FailoverUplinkIT {
    private static final String TOPIC = "vigil.uplink";
    private static final Pattern HISTORY_SEQUENCE = Pattern.compile("/history\",\"seq\":(\\d+)");

    @TempDir private Path directory;
    private final Random random = new Random(1);

    @Test
    void kafkaGoesMqttTakesItsPlaceAndKafkaIsUsedAgainWhenItIsBack() throws Exception {
        try (var kafka = KafkaBroker.startIn(directory.resolve("kafka"));
                var mosquitto = MosquittoBroker.startIn(directory.resolve("mosquitto"));
                var ledger = LedgerStandIn.connect(mosquitto.uri());
                Journal journal = open();
                var both = uplinks(journal, kafka, mosquitto);
                var shipper =
                        new Shipper(
                                journal,
                                both,
                                ShipperOptions.defaults(),
                                random,
                                Instant.now(Turning.CLOCK))) {
            kafka.createTopic(TOPIC, 1);
            append(journal, Lane.HISTORY, 20);
            Turning.untilDelivered(shipper, journal);
            assertEquals(List.of(LinkState.Status.UP, LinkState.Status.STANDBY), statuses(both));
            assertEquals(List.of(), ledger.order());
            ledger.has(journal.stream(Lane.HISTORY), 20);

            kafka.kill();
            append(journal, Lane.HISTORY, 20);
            append(journal, Lane.ALARM, 1);
            Turning.untilDelivered(shipper, journal);
            assertEquals(LinkState.Status.UP, statuses(both).getLast());
            assertTrue(both.links().getFirst().error().isPresent());
            assertTrue(
                    ledger.order().contains(journal.stream(Lane.ALARM) + "/1"),
                    () -> "by MQTT: " + ledger.order());

            kafka.start();
            Turning.until(
                    shipper,
                    () -> {
                        // A copy of each tries Kafka when its pause is over.
                        append(journal, Lane.HISTORY, 1);
                        return statuses(both).getFirst() == LinkState.Status.UP;
                    });
            Turning.untilDelivered(shipper, journal);
            int byMqtt = ledger.order().size();
            append(journal, Lane.HISTORY, 20);
            Turning.untilDelivered(shipper, journal);
            assertEquals(byMqtt, ledger.order().size(), "Kafka is preferred again");

            assertEveryRecordArrived(journal, kafka, ledger);
            assertEquals(0, shipper.unexpectedOutcomes());
        }
    }

    private static void assertEveryRecordArrived(
            Journal journal, KafkaBroker kafka, LedgerStandIn ledger) {
        var out = new ByteArrayOutputStream();
        int code =
                Cat.run(
                        List.of("--kafka", kafka.bootstrapServers(), "--topic", TOPIC),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(out, true, StandardCharsets.UTF_8));
        assertEquals(0, code);
        int records = (int) journal.nextSequence(Lane.HISTORY) - 1;
        var arrived = new boolean[records + 1];
        Matcher atKafka = HISTORY_SEQUENCE.matcher(out.toString(StandardCharsets.UTF_8));
        while (atKafka.find()) {
            arrived[Integer.parseInt(atKafka.group(1))] = true;
        }
        for (Block block : ledger.blocks()) {
            if (block.stream().lane() == Lane.HISTORY) {
                for (long s = block.firstSequence(); s <= block.lastSequence(); s++) {
                    arrived[(int) s] = true;
                }
            }
        }
        for (int sequence = 1; sequence <= records; sequence++) {
            assertTrue(arrived[sequence], "nowhere: " + sequence);
        }
    }

    private static List<LinkState.Status> statuses(FailoverUplink both) {
        return both.links().stream().map(LinkState::status).toList();
    }

    private FailoverUplink uplinks(Journal journal, KafkaBroker kafka, MosquittoBroker mosquitto) {
        var mqtt =
                new MqttUplinkOptions(
                        mosquitto.uri(),
                        "gw-01",
                        Optional.empty(),
                        Optional.empty(),
                        PemTls.none(),
                        List.of(journal.stream(Lane.ALARM), journal.stream(Lane.HISTORY)));
        // Outcomes sooner than the node's 12 s, to spare the test's time.
        Map<String, String> impatient =
                Map.of("request.timeout.ms", "2000", "delivery.timeout.ms", "3000");
        return new FailoverUplink(
                List.of(
                        member(new KafkaUplink(kafka.bootstrapServers(), TOPIC, impatient)),
                        member(new MqttUplink(mqtt, System::nanoTime))),
                new FailoverUplink.StateSource("gw-01", List::of),
                random,
                Turning.CLOCK);
    }

    private static FailoverUplink.Member member(Uplink uplink) {
        return new FailoverUplink.Member(uplink, OptionalLong.empty(), Duration.ZERO);
    }

    private Journal open() {
        return Journal.open(
                JournalOptions.of(
                        "gw-01",
                        directory.resolve("journal"),
                        4_000_000,
                        40_000_000,
                        Duration.ofHours(1)),
                Samples.START);
    }

    /** One block. */
    private void append(Journal journal, Lane lane, int records) {
        journal.append(lane, Samples.readings(random, Samples.START, records), Samples.START);
        journal.sync();
    }
}
