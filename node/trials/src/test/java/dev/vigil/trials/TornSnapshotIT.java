package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * States on the disk that are torn, altered, empty or somebody else's: each is refused aloud, and
 * the policy is where it was all the same, from the state before and the history since.
 */
class TornSnapshotIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** A snapshot is due after five seconds; a sensor's clock may be ten minutes ahead. */
    private static final int SECONDS_BETWEEN = 6;

    private static final int READINGS = 20;
    private static final List<SensorChannel> CHANNELS =
            List.of(
                    new SensorChannel(
                            new SensorId("room/temperature"), Quantity.TEMPERATURE, "room"));

    private final Workplace place = Workplace.fresh("torn-snapshot");
    private final Instant begin =
            Instant.ofEpochSecond(InstantSource.system().instant().getEpochSecond());
    private final TrialSite site =
            new TrialSite.Plan("torn")
                    .policy("heat")
                    .policyAs("other", "heat", List.of("room"))
                    .topic("site/room")
                    .sensor("room/temperature", "temperature", "room")
                    .write(place);
    private long ticket;

    @Test
    void aStateThatIsNotWholeOrNotItsOwnIsRefusedAndThePolicyGoesOnWhereItWas() throws Exception {
        try (SenderClient sender = new SenderClient("room", 64, heating(), (_, _) -> {})) {
            try (NodeProcess node = start()) {
                sender.connect(site.mqttPort(), BOUND);
                // Twice each: both files are there.
                send(sender, node, 4);
                send(sender, node, 4);
                sender.disconnect();
                node.kill();
            }

            Path torn = newest("heat");
            byte[] whole = Files.readAllBytes(torn);
            Files.write(torn, Arrays.copyOf(whole, whole.length / 2));
            Path flipped = newest("other");
            byte[] bytes = Files.readAllBytes(flipped);
            bytes[bytes.length / 2] ^= 1;
            Files.write(flipped, bytes);
            goesOn(sender, List.of(torn, flipped), "with its state as of record");

            Path empty = newest("heat");
            Files.write(empty, new byte[0]);
            Path foreign = newest("other");
            Files.write(foreign, Files.readAllBytes(other(empty)));
            goesOn(sender, List.of(empty, foreign), "with its state as of record");

            List<Path> all =
                    List.of(
                            newest("heat"),
                            other(newest("heat")),
                            newest("other"),
                            other(newest("other")));
            for (Path file : all) {
                Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
            }
            goesOn(sender, all, "goes on without a state");
        }
        List<String> opened =
                PolicyStates.alarms(site).stream()
                        .filter(text -> text.contains("\"change\":\"OPENED\""))
                        .toList();
        assertEquals(1, opened.size(), () -> "one room, one incident, never closed: " + opened);
    }

    /** As on a disk that kept the states and forgot the readings in them. */
    @Test
    void aStateThatIsAheadOfTheJournalIsRefused() throws Exception {
        Path history = site.journal().resolve("history");
        Path kept = Files.createDirectories(place.file("kept"));
        try (SenderClient sender = new SenderClient("room", 64, heating(), (_, _) -> {})) {
            runAndSend(sender, 1);
            copy(history, kept);
            runAndSend(sender, 2);
        }
        Workplace.deleteTree(history);
        copy(kept, Files.createDirectories(history));
        List<Path> ahead = new ArrayList<>(PolicyStates.files(site, "heat"));
        ahead.addAll(PolicyStates.files(site, "other"));
        assertEquals(4, ahead.size(), ahead::toString);

        int logged = Files.readString(place.file("node.log")).length();
        try (NodeProcess node = start()) {
            String said = node.log().substring(logged);
            for (Path file : ahead) {
                assertTrue(said.contains("state refused: " + file + ": it is as of "), said);
            }
            assertTrue(said.contains("goes on without a state"), said);
        }
    }

    private void runAndSend(SenderClient sender, int times) throws IOException {
        try (NodeProcess node = start()) {
            sender.connect(site.mqttPort(), BOUND);
            for (int i = 0; i < times; i++) {
                send(sender, node, 4);
            }
            sender.disconnect();
            node.stop();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** One start with these files as they are, a few readings, and an orderly end. */
    private void goesOn(SenderClient sender, List<Path> refused, String how) throws IOException {
        Path log = place.file("node.log");
        int logged = Files.readString(log).length();
        try (NodeProcess node = start()) {
            String said = Files.readString(log).substring(logged);
            for (Path file : refused) {
                assertTrue(said.contains("state refused: " + file), said);
            }
            assertTrue(said.contains(how), said);
            sender.connect(site.mqttPort(), BOUND);
            send(sender, node, 2);
            sender.disconnect();
            node.stop();
        }
        for (String policy : List.of("heat", "other")) {
            // The last state is written at the end, too.
            assertEquals(
                    PolicyStates.lastRecord(site),
                    PolicyStates.newest(site, policy).lastSequence(),
                    "the last state of " + policy);
            PolicyStates.compare(site, policy, "heat", CHANNELS);
        }
        List<String> alarms = PolicyStates.alarms(site);
        for (Path file : refused) {
            assertTrue(
                    alarms.stream()
                            .anyMatch(
                                    text ->
                                            text.startsWith("fault/policy-state")
                                                    && text.contains(file.toString())),
                    () -> "a record says so of " + file + ": " + alarms);
        }
    }

    /** Readings, and the snapshots of both policies that follow them. */
    private void send(SenderClient sender, NodeProcess node, int count) throws IOException {
        double before = written(node);
        for (int i = 0; i < count; i++) {
            sender.send(ticket++);
        }
        sender.flush();
        assertTrue(sender.awaitAcknowledgements(BOUND));
        Waiting.require(
                BOUND, () -> written(node) >= before + 2, () -> "no snapshot: " + node.logTail(20));
    }

    private static double written(NodeProcess node) {
        try {
            return NodeMetrics.of(node).sum("vigil_policy_snapshots_written_total", "");
        } catch (IOException e) {
            return -1;
        }
    }

    private Path newest(String policy) throws IOException {
        return PolicyStates.files(site, policy).getFirst();
    }

    private static Path other(Path file) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling(
                name.contains(".a.") ? name.replace(".a.", ".b.") : name.replace(".b.", ".a."));
    }

    /** From 20 to 80 degrees, where it stays: one alarm. */
    private SenderClient.Source heating() {
        return new SenderClient.Source() {
            @Override
            public byte[] topic(long number) {
                return "site/room".getBytes(StandardCharsets.US_ASCII);
            }

            @Override
            public int payload(long number, byte[] into) {
                byte[] senml =
                        String.format(
                                        Locale.ROOT,
                                        "[{\"n\":\"room/temperature\",\"u\":\"Cel\",\"t\":%d,\"v\":%.2f}]",
                                        begin.getEpochSecond() + number * SECONDS_BETWEEN,
                                        20 + 60.0 * Math.min(READINGS, number * 5) / READINGS)
                                .getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(senml, 0, into, 0, senml.length);
                return senml.length;
            }
        };
    }

    private NodeProcess start() {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                .awaitReady(BOUND);
    }
}
