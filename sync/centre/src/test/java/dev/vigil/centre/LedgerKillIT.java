package dev.vigil.centre;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.CentreAccount;
import dev.vigil.forward.CentreProcess;
import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.KafkaCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two ledgers on a cluster of three brokers, killed one after the other while blocks come. {@code
 * -Dvigil.centre.kills=100} for a long run.
 */
class LedgerKillIT {
    private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");
    private static final int KILLS = Integer.getInteger("vigil.centre.kills", 3);
    private static final long SEED = Long.getLong("vigil.seed", 20261123);

    @TempDir Path folder;

    @Test
    void eachRecordIsPublishedExactlyOnceWhileLedgersAndBrokersAreKilled() throws IOException {
        var random = new Random(SEED);
        try (var kafka = KafkaCluster.startIn(folder);
                var one = ledger(kafka, "one")) {
            one.awaitLog("ledger is RUNNING");
            try (var two = ledger(kafka, "two");
                    var fleet = new Fleet(SEED, 4, kafka.bootstrapServers());
                    var account =
                            new CentreAccount(
                                    kafka.bootstrapServers(),
                                    List.of(Topics.READINGS, Topics.ALARMS),
                                    _ -> {})) {
                two.awaitLog("ledger is RUNNING");
                for (int kill = 0; kill < KILLS; kill++) {
                    fleet.send(100);
                    fleet.flush();
                    if (kill % 3 == 1) {
                        KafkaBroker broker = kafka.brokers().get(random.nextInt(3));
                        broker.kill();
                        fleet.send(100);
                        broker.start();
                    } else {
                        CentreProcess ledger = random.nextBoolean() ? one : two;
                        ledger.kill();
                        fleet.send(100);
                        ledger.launch();
                    }
                }
                fleet.send(100);
                fleet.flush();

                account.readUntil(fleet.records());
                // CHECKSTYLE OFF: the figure of a long run
                System.out.printf(
                        "%d kills: %d records in %d streams, %d blocks more than once; lost %d, duplicates %d%n",
                        KILLS,
                        fleet.records(),
                        fleet.sent().size(),
                        fleet.copies(),
                        missing(fleet, account),
                        account.duplicates());
                // CHECKSTYLE ON
                assertEquals(0, missing(fleet, account));
                assertEquals(0, account.duplicates());
                assertEquals(fleet.records(), account.records());
                assertTrue(fleet.copies() > KILLS);
                showsTheFleet(kafka, fleet);
            }
        }
    }

    private static long missing(Fleet fleet, CentreAccount account) {
        return fleet.sent().entrySet().stream()
                .mapToLong(stream -> account.missing(stream.getKey().toString(), stream.getValue()))
                .sum();
    }

    /** What {@code ./vigil fleet} prints says the same, within a second or so. */
    private static void showsTheFleet(KafkaCluster kafka, Fleet fleet) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        String table = table(kafka);
        while (!table.lines().skip(1).allMatch(line -> line.endsWith("complete"))
                && System.nanoTime() < deadline) {
            table = table(kafka);
        }
        Files.writeString(Path.of("target", "fleet.txt"), table);
        assertEquals(fleet.sent().size() + 1, table.lines().count(), table);
        for (var stream : fleet.sent().entrySet()) {
            String row =
                    "%s +%s +%s .* %d +0 +0 +[0-9]+  complete"
                            .formatted(
                                    stream.getKey().node(),
                                    stream.getKey().lane().word(),
                                    stream.getKey().incarnation(),
                                    stream.getValue());
            assertTrue(table.lines().anyMatch(line -> line.matches(row)), row + "\n" + table);
        }
    }

    private static String table(KafkaCluster kafka) {
        var out = new ByteArrayOutputStream();
        int code =
                FleetCommand.run(
                        CentreSettings.parse(List.of("--kafka", kafka.bootstrapServers())),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(out, true, StandardCharsets.UTF_8));
        assertEquals(0, code, out.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private CentreProcess ledger(KafkaCluster kafka, String name) {
        return CentreProcess.launch(
                JAR,
                CentreProcess.QUICK_START,
                folder,
                name,
                List.of(
                        "centre",
                        "--kafka",
                        kafka.bootstrapServers(),
                        "--state",
                        folder.resolve(name).toString(),
                        "--partitions",
                        "4",
                        "--http",
                        "127.0.0.1:0",
                        "--kafka.consumer.session.timeout.ms",
                        "6000",
                        "--kafka.consumer.heartbeat.interval.ms",
                        "1000"));
    }
}
