package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sixty days without the centre, in the time that shipper and journal are told, a certificate that
 * expires meanwhile, and a real broker over TLS when they are over.
 */
class OfflineIT {
    private static final Duration OFFLINE = Duration.ofDays(60);
    private static final Duration STEP = Duration.ofHours(4);
    private static final int READINGS = 240;
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir private Path directory;
    private final Random random = new Random(60);
    private Instant now = Samples.START;

    @Test
    void afterSixtyDaysAndAnExpiredCertificateEverythingArrives() throws Exception {
        PemFiles centre = PemFiles.make(directory, "centre");
        PemFiles expired = PemFiles.makeExpired(directory, "expired");
        PemFiles renewed = PemFiles.make(directory, "renewed");
        PemFiles own = new PemFiles(directory.resolve("own.pem"), directory.resolve("own.key.pem"));
        put(renewed, own);
        Path known = directory.resolve("known.pem");
        Files.writeString(
                known,
                Files.readString(renewed.certificate()) + Files.readString(expired.certificate()));
        try (var broker = MosquittoBroker.startWithTls(directory.resolve("broker"), centre, known);
                var ledger = LedgerStandIn.connect(broker.uri(), renewed.towards(centre));
                Journal journal = open();
                var shipper = shipper(journal, broker, own.towards(centre))) {
            measure(journal);
            until(shipper, () -> undelivered(journal) == 0);
            long online = journal.nextSequence(Lane.HISTORY) - 1;

            broker.kill();
            long steps = OFFLINE.dividedBy(STEP);
            for (int step = 0; step < steps; step++) {
                if (step == steps / 2) {
                    put(expired, own);
                }
                now = now.plus(STEP);
                measure(journal);
                shipper.turn(now);
            }
            long offline = steps * READINGS;
            assertEquals(offline, undelivered(journal));

            broker.start();
            until(shipper, () -> says(shipper, "certificate_expired"));
            measure(journal);
            assertEquals(offline + READINGS, undelivered(journal), "it goes on keeping");

            put(renewed, own);
            until(shipper, () -> undelivered(journal) == 0);

            long all = online + offline + READINGS;
            assertEquals(all, ledger.through(journal.stream(Lane.HISTORY)));
            assertEquals(0, journal.state(Lane.HISTORY).droppedRecords());
            assertEquals(List.of(), ledger.faults());
        }
    }

    private static boolean says(Shipper shipper, String why) {
        return shipper.link().error().filter(error -> error.contains(why)).isPresent();
    }

    private static long undelivered(Journal journal) {
        return journal.state(Lane.HISTORY).undeliveredRecords();
    }

    private void measure(Journal journal) {
        journal.append(Lane.HISTORY, Samples.readings(random, now, READINGS), now);
        journal.sync();
    }

    /** The shipper's time goes on by itself, so that no pause between its tries is waited for. */
    private void until(Shipper shipper, BooleanSupplier done) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!done.getAsBoolean()) {
            now = now.plusMillis(50);
            shipper.turn(now);
            assertTrue(System.nanoTime() < deadline, () -> "not within 60 s: " + shipper.link());
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void put(PemFiles from, PemFiles to) throws Exception {
        Files.copy(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(from.key(), to.key(), StandardCopyOption.REPLACE_EXISTING);
    }

    private Journal open() {
        return Journal.open(
                JournalOptions.of(
                        "gw-01",
                        directory.resolve("journal"),
                        4_000_000,
                        400_000_000,
                        Duration.ofHours(1)),
                now);
    }

    private Shipper shipper(Journal journal, MosquittoBroker broker, PemTls tls) {
        var options =
                new MqttUplinkOptions(
                        broker.uri(),
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
                now);
    }
}
