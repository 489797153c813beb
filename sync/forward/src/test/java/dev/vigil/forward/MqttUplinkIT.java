package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through a real mosquitto to a stand-in for bridge and ledger. */
class MqttUplinkIT {
    @TempDir private Path directory;
    private final Random random = new Random(1);

    @Test
    void aBlockIsForgottenWhenTheLedgerHasItAndNotWhenTheBrokerHasIt() throws Exception {
        try (var broker = MosquittoBroker.startIn(directory.resolve("broker"));
                var ledger = LedgerStandIn.connect(broker.uri());
                Journal journal = open();
                var shipper = shipper(journal, broker.uri(), PemTls.none())) {
            append(journal, Lane.HISTORY, 3);
            Turning.untilDelivered(shipper, journal);
            ledger.acknowledging(false);
            append(journal, Lane.HISTORY, 7);
            append(journal, Lane.ALARM, 1);
            Turning.until(shipper, () -> ledger.order().size() == 3);
            Turning.until(
                    shipper,
                    () ->
                            broker.log()
                                            .lines()
                                            .filter(line -> line.contains("PUBACK to gw-01"))
                                            .count()
                                    == 3);
            Turning.during(shipper, Duration.ofMillis(200));
            assertEquals(7, journal.state(Lane.HISTORY).undeliveredRecords());
            assertEquals(1, journal.state(Lane.ALARM).undeliveredRecords());

            ledger.acknowledging(true);
            Turning.untilDelivered(shipper, journal);

            assertEquals(0, ledger.copies());
            assertEquals(LinkState.Status.UP, shipper.link().status());
            assertEquals(List.of(), ledger.faults());
        }
    }

    @Test
    void nothingIsLostWhenTheBrokerIsKilledInTheMiddle() throws Exception {
        try (var broker = MosquittoBroker.startIn(directory.resolve("broker"));
                var ledger = LedgerStandIn.connect(broker.uri());
                Journal journal = open();
                var shipper = shipper(journal, broker.uri(), PemTls.none())) {
            append(journal, Lane.HISTORY, 1_000);
            Turning.until(shipper, () -> ledger.order().size() > 10);
            broker.kill();
            append(journal, Lane.HISTORY, 1_000);
            append(journal, Lane.ALARM, 10);
            Turning.until(shipper, () -> shipper.link().status() == LinkState.Status.DOWN);
            broker.start();
            append(journal, Lane.HISTORY, 1_000);
            Turning.untilDelivered(shipper, journal);

            for (Lane lane : Lane.values()) {
                assertEquals(journal.nextSequence(lane) - 1, ledger.through(journal.stream(lane)));
            }
            assertEquals(301, new HashSet<>(ledger.order()).size());
            assertEquals(List.of(), ledger.faults());
            assertEquals(0, shipper.unexpectedOutcomes());
        }
    }

    @Test
    void whatTheLedgerHasIsNotSentAgainByTheNextRun() throws Exception {
        try (var broker = MosquittoBroker.startIn(directory.resolve("broker"));
                var ledger = LedgerStandIn.connect(broker.uri());
                Journal journal = open()) {
            try (var shipper = shipper(journal, broker.uri(), PemTls.none())) {
                append(journal, Lane.HISTORY, 100);
                Turning.until(shipper, () -> ledger.through(journal.stream(Lane.HISTORY)) == 100);
                // It ends before it has heard of it.
            }
            try (var shipper = shipper(journal, broker.uri(), PemTls.none())) {
                append(journal, Lane.HISTORY, 10);
                Turning.untilDelivered(shipper, journal);
            }
            assertEquals(110, ledger.through(journal.stream(Lane.HISTORY)));
            assertTrue(ledger.copies() <= 1, "a probe at most: " + ledger.copies());
        }
    }

    @Test
    void withoutABridgeTheLinkIsDownAndSaysWhy() throws Exception {
        try (var broker = MosquittoBroker.startIn(directory.resolve("broker"));
                Journal journal = open();
                var shipper = shipper(journal, broker.uri(), PemTls.none())) {
            append(journal, Lane.HISTORY, 1);
            says(shipper, "no bridge runs");
        }
    }

    @Test
    void theCertificatesOfBothSidesCount() throws Exception {
        PemFiles centre = PemFiles.make(directory, "centre");
        PemFiles node = PemFiles.make(directory, "node");
        PemFiles expired = PemFiles.makeExpired(directory, "expired");
        PemFiles stranger = PemFiles.make(directory, "stranger");
        Path known = directory.resolve("known.pem");
        Files.writeString(
                known,
                Files.readString(node.certificate()) + Files.readString(expired.certificate()));
        try (var broker = MosquittoBroker.startWithTls(directory.resolve("broker"), centre, known);
                var ledger = LedgerStandIn.connect(broker.uri(), node.towards(centre));
                Journal journal = open()) {
            append(journal, Lane.HISTORY, 5);
            try (var shipper = shipper(journal, broker.uri(), expired.towards(centre))) {
                says(shipper, "certificate_expired");
            }
            try (var shipper = shipper(journal, broker.uri(), node.towards(stranger))) {
                says(shipper, "certification path");
            }
            try (var shipper =
                    shipper(
                            journal,
                            broker.uri(),
                            new PemTls(
                                    Optional.of(directory.resolve("gone.pem")),
                                    Optional.empty(),
                                    Optional.empty()))) {
                says(shipper, "gone.pem': can't be read");
            }
            assertEquals(List.of(), ledger.order(), "nothing for anybody until now");
            try (var shipper = shipper(journal, broker.uri(), node.towards(centre))) {
                Turning.untilDelivered(shipper, journal);
            }
            assertEquals(5, ledger.through(journal.stream(Lane.HISTORY)));
        }
    }

    private static void says(Shipper shipper, String why) {
        Turning.until(
                shipper, () -> shipper.link().error().filter(e -> e.contains(why)).isPresent());
        assertEquals(0, shipper.link().deliveredRecords());
    }

    private Journal open() {
        return Journal.open(
                JournalOptions.of("gw-01", directory, 4_000_000, 40_000_000, Duration.ofHours(1)),
                Samples.START);
    }

    private Shipper shipper(Journal journal, URI broker, PemTls tls) {
        var options =
                new MqttUplinkOptions(
                        broker,
                        "gw-01",
                        Optional.empty(),
                        Optional.empty(),
                        tls,
                        List.of(journal.stream(Lane.ALARM), journal.stream(Lane.HISTORY)));
        return new Shipper(
                journal,
                new MqttUplink(options, System::nanoTime),
                ShipperOptions.defaults(),
                random,
                Instant.now(Turning.CLOCK));
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
}
