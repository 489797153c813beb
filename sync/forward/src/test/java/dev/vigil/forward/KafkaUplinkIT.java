package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaUplinkIT {
    @TempDir private static Path brokerDirectory;
    private static KafkaBroker broker;

    @TempDir private Path directory;
    private final Random random = new Random(1);

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.startIn(brokerDirectory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void brokerRuns() {
        if (!broker.isRunning()) {
            broker.start();
        }
    }

    @Test
    void deliversBlocksThatAStrangersClientReads() throws Exception {
        String topic = "strangers";
        broker.createTopic(topic, 3);
        try (Journal journal = open();
                var uplink = new KafkaUplink(broker.bootstrapServers(), topic, Map.of())) {
            var shipper = shipper(journal, uplink);
            append(journal, Lane.HISTORY, 7);
            append(journal, Lane.ALARM, 1);
            Turning.untilDelivered(shipper, journal);

            String stream = journal.stream(Lane.HISTORY).toString();
            List<String> lines = kcat(topic);
            assertEquals(2, lines.size());
            assertTrue(lines.getFirst().contains("/alarm"), lines.getFirst());
            String history = lines.getLast();
            assertTrue(history.startsWith(stream + " "), history);
            for (String header :
                    List.of(
                            "ce_specversion=1.0",
                            "ce_id=" + stream + "/1",
                            "ce_source=" + stream,
                            "ce_type=dev.vigil.block.v1",
                            "ce_time=2026-11-23T07:00:00.006Z",
                            "content-type=application/senml+cbor",
                            "vigil_seq=1",
                            "vigil_count=7",
                            "vigil_epoch=" + journal.stream(Lane.HISTORY).incarnation(),
                            "vigil_hist=true",
                            "vigil_tq=unknown",
                            "vigil_codec=senml+cbor;zstd")) {
                assertTrue(history.contains(header), header + " in " + history);
            }

            var out = new ByteArrayOutputStream();
            var err = new ByteArrayOutputStream();
            int code =
                    Cat.run(
                            List.of("--kafka", broker.bootstrapServers(), "--topic", topic),
                            new PrintStream(out, true, StandardCharsets.UTF_8),
                            new PrintStream(err, true, StandardCharsets.UTF_8));
            assertEquals("", err.toString(StandardCharsets.UTF_8));
            assertEquals(0, code);
            assertEquals(8, out.toString(StandardCharsets.UTF_8).lines().count());
        }
    }

    @Test
    void deliversEverythingThroughAStopAndAKillOfTheBroker() throws Exception {
        String topic = "outages";
        broker.createTopic(topic, 1);
        try (Journal journal = open();
                var uplink = new KafkaUplink(broker.bootstrapServers(), topic, Map.of())) {
            var shipper = shipper(journal, uplink);
            append(journal, Lane.HISTORY, 100);
            Turning.untilDelivered(shipper, journal);

            broker.stop();
            append(journal, Lane.HISTORY, 50);
            append(journal, Lane.ALARM, 1);
            Turning.until(shipper, () -> shipper.link().status() == LinkState.Status.DOWN);
            assertTrue(shipper.link().error().isPresent());
            broker.start();
            long back = System.nanoTime();
            Turning.untilDelivered(shipper, journal);
            double seconds = (System.nanoTime() - back) / 1e9;
            assertTrue(
                    seconds < 15, "delivered %.1f s after the broker was back".formatted(seconds));
            assertEquals(LinkState.Status.UP, shipper.link().status());

            append(journal, Lane.HISTORY, 100);
            shipper.turn(Instant.now(Turning.CLOCK));
            broker.kill();
            append(journal, Lane.HISTORY, 100);
            Turning.during(shipper, Duration.ofMillis(500));
            broker.start();
            Turning.untilDelivered(shipper, journal);

            var sequences = new HashSet<String>();
            for (String line : kcat(topic)) {
                sequences.add(line.substring(line.indexOf("ce_id="), line.indexOf(",ce_source")));
            }
            long records = journal.nextSequence(Lane.HISTORY) - 1;
            assertEquals(350, records);
            assertEquals(36, sequences.size());
        }
    }

    @Test
    void neverHoldsTheShipperUpWhenThereIsNoBroker() {
        broker.stop();
        try (Journal journal = open();
                var uplink = new KafkaUplink(broker.bootstrapServers(), "none", Map.of())) {
            var shipper = shipper(journal, uplink);
            append(journal, Lane.HISTORY, 300);
            Instant now = Instant.now(Turning.CLOCK);
            long longest = 0;
            long shortest = Long.MAX_VALUE;
            for (int probe = 0; probe < 5; probe++) {
                long start = System.nanoTime();
                assertEquals(1, shipper.turn(now).done(), "one block waits, not each");
                long took = System.nanoTime() - start;
                longest = Math.max(longest, took);
                shortest = Math.min(shortest, took);
                assertEquals(
                        1, shipper.turn(now).done(), "its outcome, and no block while pausing");
                String error = shipper.link().error().orElseThrow();
                assertTrue(error.contains("after 250 ms"), error);
                now = now.plus(ShipperOptions.defaults().backoffMax());
            }
            // Kafka's client would wait for a minute by itself. A busy machine may make a turn
            // slow, but not each.
            assertTrue(
                    shortest < Duration.ofSeconds(1).toNanos(),
                    "shortest turn " + shortest / 1e6 + " ms");
            assertTrue(
                    longest < Duration.ofSeconds(15).toNanos(),
                    "longest turn " + longest / 1e6 + " ms");
        }
    }

    @Test
    void aCarriedFileIsImportedThoughKafkaTakesItsTimeToAnswer() throws Exception {
        broker.createTopic("vigil.uplink", 1);
        CarryKeys.make(directory, "gw-01");
        Path file = directory.resolve("gw-01.carry");
        try (Journal journal = open()) {
            append(journal, Lane.HISTORY, 30);
        }
        var said = new ByteArrayOutputStream();
        var printed = new PrintStream(said, true, StandardCharsets.UTF_8);
        List<String> export =
                List.of(
                        "--journal",
                        directory.toString(),
                        "--to",
                        file.toString(),
                        "--key",
                        directory.resolve("gw-01.pem").toString());
        assertEquals(0, CarryExport.run(export, printed, printed), said::toString);

        broker.stop();
        broker.launch();
        Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        assertEquals(0, CarryImport.run(file, directory, kafka, printed, printed), said::toString);
        assertTrue(
                said.toString(StandardCharsets.UTF_8).contains("30 records of gw-01 in 3 blocks"));
    }

    @Test
    void aNameThatDoesNotResolveIsAnOutcomeAndNotACrash() {
        try (Journal journal = open();
                var uplink = new KafkaUplink("no-such-host.invalid:9092", "none", Map.of())) {
            var shipper = shipper(journal, uplink);
            append(journal, Lane.HISTORY, 1);
            Turning.until(shipper, () -> shipper.link().error().isPresent());
            String error = shipper.link().error().orElseThrow();
            assertTrue(error.contains("ConfigException"), error);
        }
    }

    private Journal open() {
        return Journal.open(
                JournalOptions.of("gw-01", directory, 4_000_000, 40_000_000, Duration.ofHours(1)),
                Samples.START);
    }

    private Shipper shipper(Journal journal, Uplink uplink) {
        // What is in the journal before the first delivery is historic.
        return new Shipper(
                journal, uplink, ShipperOptions.defaults(), random, Instant.now(Turning.CLOCK));
    }

    /** In blocks of 10 records. */
    private void append(Journal journal, Lane lane, int records) {
        for (int i = 0; i < records; i += 10) {
            journal.append(
                    lane,
                    Samples.readings(random, Samples.START, Math.min(10, records - i)),
                    Samples.START);
        }
        journal.sync();
    }

    /** One line a message: key, headers. */
    private List<String> kcat(String topic) throws IOException, InterruptedException {
        Path out = directory.resolve("kcat.out");
        Process kcat;
        try {
            kcat =
                    new ProcessBuilder(
                                    "kcat",
                                    "-C",
                                    "-e",
                                    "-q",
                                    "-b",
                                    broker.bootstrapServers(),
                                    "-t",
                                    topic,
                                    "-f",
                                    "%k %h\\n")
                            .redirectOutput(out.toFile())
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            throw new IOException("this test reads the topic with kcat: apt-get install kcat", e);
        }
        try {
            assertTrue(kcat.waitFor(30, TimeUnit.SECONDS), "kcat does not end");
        } finally {
            kcat.destroyForcibly();
        }
        var lines = new ArrayList<>(Files.readAllLines(out, StandardCharsets.UTF_8));
        lines.sort(String::compareTo);
        return lines;
    }
}
