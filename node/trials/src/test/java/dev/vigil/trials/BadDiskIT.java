package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.KafkaBroker;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Disks that fill up, can't be written or lie: nothing acknowledged is lost without being told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadDiskIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    /**
     * H2 writes a page anew with each commit, so there are several copies of a block in a file;
     * with 64 bytes flipped in 1.5 MB everything was salvaged.
     */
    private static final int FLIPPED_BYTES = 1_000;

    private static final Duration NO_MORE = Duration.ofSeconds(3);

    private final KafkaBroker broker =
            KafkaBroker.startIn(Workplace.fresh("bad-disk").file("kafka"));
    private LevelMessages messages = freshMessages();
    private long next;

    private static LevelMessages freshMessages() {
        return new LevelMessages(InstantSource.system().instant().minus(Duration.ofHours(1)));
    }

    @BeforeEach
    void beginAnew() {
        messages = freshMessages();
        next = 0;
    }

    @AfterAll
    void end() {
        broker.close();
    }

    @Test
    void aFullDiskStopsAcknowledgementsNotTheSirenAndIsOverWhenThereIsRoom() throws Exception {
        Workplace place = Workplace.fresh("full-disk");
        Files.createDirectories(place.file("small"));
        try (SmallDisk disk = SmallDisk.mount(place.file("small"), "size=6m")) {
            TrialSite site =
                    TrialSite.tankPlan()
                            .kafka(broker.bootstrapServers(), topic("full-disk"))
                            .journal("small/vigil-data")
                            .write(place);
            broker.kill();
            try (NodeProcess node = start(place, site);
                    SenderClient sender = sender()) {
                sender.connect(site.mqttPort(), BOUND);
                fillUntilNothingIsAcknowledged(sender, site);
                long acknowledged = sender.acknowledgedTotal();
                assertTrue(acknowledged > 1_000, () -> "only " + acknowledged + " fitted");
                assertTrue(node.isAlive(), () -> node.logTail(40));

                heat(site);
                Waiting.require(
                        BOUND,
                        () -> site.siren().lines().stream().anyMatch(SirenFile.Switched::on),
                        () -> "no siren on a full disk:\n" + node.logTail(40));

                disk.resize("size=200m");
                broker.start();
                reconnectAndDeliver(sender, site, node);
                audit(sender, node, "full-disk");
            }
        }
    }

    @Test
    void onAReadOnlyDirectoryNothingIsAcknowledgedAndTheSirenSoundsAllTheSame() throws Exception {
        Workplace place = Workplace.fresh("read-only");
        Files.createDirectories(place.file("ro"));
        try (SmallDisk _ = SmallDisk.mount(place.file("ro"), "ro,size=1m")) {
            TrialSite site = TrialSite.tankPlan().journal("ro/vigil-data").write(place);

            try (NodeProcess node =
                            NodeProcess.start(
                                    site.file(), site.pagePort(), place.file("node.log"));
                    SenderClient sender = sender()) {
                Waiting.require(
                        BOUND,
                        () -> node.log().contains("ro/vigil-data: directory can not be created"),
                        () -> "the log does not say what is wrong:\n" + node.log());
                sender.connect(site.mqttPort(), BOUND);
                send(sender);
                sender.flush();
                Waiting.require(BOUND, () -> !sender.isConnected(), () -> "it stays connected");
                assertEquals(0, sender.acknowledgedTotal());
                assertFalse(node.isReady(), "it can't do all it is there for");
                assertFalse(node.log().contains("\tat "), () -> "a stack trace:\n" + node.log());

                heat(site);

                assertTrue(
                        site.siren().lines().stream().anyMatch(SirenFile.Switched::on), node::log);
            }
        }
    }

    @Test
    void aDiskThatBecomesReadOnlyIsSurvivedAndWhatWasAcknowledgedIsThereAfterTheRestart()
            throws Exception {
        Workplace place = Workplace.fresh("emergency-ro");
        Files.createDirectories(place.file("disk"));
        try (Ext4Disk disk = Ext4Disk.mount(place.file("disk.img"), place.file("disk"), 64);
                SenderClient sender = sender()) {
            TrialSite site =
                    TrialSite.tankPlan()
                            .kafka(broker.bootstrapServers(), topic("emergency-ro"))
                            .journal("disk/vigil-data")
                            .write(place);
            broker.kill();
            try (NodeProcess node = start(place, site)) {
                sender.connect(site.mqttPort(), BOUND);
                for (int i = 0; i < 2_000; i++) {
                    send(sender);
                }
                assertTrue(sender.awaitAcknowledgements(BOUND), () -> node.logTail(40));

                disk.findError();
                fillUntilNothingIsAcknowledged(sender, site);
                awaitLogged(node, "journal fault, nothing is acknowledged until it is over");
                awaitLogged(node, "Read-only file system");

                heat(site);
                assertTrue(
                        site.siren().lines().stream().anyMatch(SirenFile.Switched::on), node::log);
                assertTrue(node.isAlive(), node::log);
                assertFalse(node.log().contains("\tat "), () -> "a stack trace:\n" + node.log());
                sender.disconnect();
                node.kill();
            }
            disk.remount();
            broker.start();
            try (NodeProcess node = start(place, site)) {
                reconnectAndDeliver(sender, site, node);
                audit(sender, node, "emergency-ro");
            }
        }
    }

    @Test
    void withItsSirenOnAReadOnlyDiskTooTheNodeWatchesAndTellsOfBoth() throws Exception {
        Workplace place = Workplace.fresh("read-only-siren");
        Files.createDirectories(place.file("ro"));
        try (SmallDisk _ = SmallDisk.mount(place.file("ro"), "ro,size=1m")) {
            TrialSite site =
                    TrialSite.tankPlan()
                            .journal("ro/vigil-data")
                            .siren("ro/vigil-data/siren.log")
                            .write(place);

            try (NodeProcess node =
                    NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))) {
                awaitLogged(node, "fault begins: output/siren: siren siren can't write to");
                awaitLogged(node, "armed node=");
                try (PahoSender room = PahoSender.connect(site.mqttPort(), "room", BOUND)) {
                    publishHeat(room);
                    awaitLogged(node, "incident OPENED id=room-");
                }
                assertFalse(node.log().contains("\tat "), () -> "a stack trace:\n" + node.log());
            }
        }
    }

    private static void awaitLogged(NodeProcess node, String text) {
        Waiting.require(
                BOUND,
                () -> node.log().contains(text),
                () -> "the log does not say '%s':%n%s".formatted(text, node.log()));
    }

    @Test
    void aJournalFileWithFlippedBytesIsSalvagedAndWhatIsLostIsTold() throws Exception {
        Workplace place = Workplace.fresh("flipped");
        TrialSite site =
                TrialSite.tankPlan()
                        .kafka(broker.bootstrapServers(), topic("flipped"))
                        .write(place);
        broker.kill();
        try (SenderClient sender = sender()) {
            try (NodeProcess node = start(place, site)) {
                sender.connect(site.mqttPort(), BOUND);
                for (int i = 0; i < 40_000; i++) {
                    send(sender);
                }
                assertTrue(sender.awaitAcknowledgements(BOUND));
                sender.disconnect();
                node.kill();
            }
            Path damaged = largestVolume(site.journal());
            flipBytes(damaged, FLIPPED_BYTES, 20261123L);
            broker.start();
            try (NodeProcess node = start(place, site)) {
                reconnectAndDeliver(sender, site, node);
                auditDamage(sender, node);
            }
        }
    }

    private NodeProcess start(Workplace place, TrialSite site) {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                .awaitReady(BOUND);
    }

    private SenderClient sender() {
        return new SenderClient("tanks", 256, messages, (_, _) -> {});
    }

    private void send(SenderClient sender) throws IOException {
        messages.ensure(next);
        sender.send(next);
        next = sender.sentTotal();
    }

    private void fillUntilNothingIsAcknowledged(SenderClient sender, TrialSite site)
            throws IOException {
        long last = -1;
        long since = System.nanoTime();
        while (System.nanoTime() - since < NO_MORE.toNanos()) {
            if (sender.acknowledgedTotal() != last) {
                last = sender.acknowledgedTotal();
                since = System.nanoTime();
            }
            try {
                if (!sender.isConnected()) {
                    sender.connect(site.mqttPort(), BOUND);
                    messages.resent(sender.resendUnacknowledged());
                }
                if (sender.hasRoom()) {
                    send(sender);
                } else {
                    sender.flush();
                    Waiting.untilNanoTime(System.nanoTime() + 1_000_000);
                }
            } catch (IOException _) {
                next = sender.sentTotal(); // it was told to keep its messages; tries again
                Waiting.untilNanoTime(System.nanoTime() + 50_000_000);
            }
        }
    }

    /** Two samples, so that a policy that wants a second one has it. */
    private static void heat(TrialSite site) {
        try (PahoSender room = PahoSender.connect(site.mqttPort(), "room", BOUND)) {
            publishHeat(room);
            Waiting.until(
                    BOUND, () -> site.siren().lines().stream().anyMatch(SirenFile.Switched::on));
        }
    }

    private static void publishHeat(PahoSender room) {
        for (int i = 0; i < 5; i++) {
            room.publish(
                    "site/room",
                    "[{\"n\":\"room/temperature\",\"u\":\"Cel\",\"v\":%d}]".formatted(80 + i),
                    () -> {});
        }
    }

    private void reconnectAndDeliver(SenderClient sender, TrialSite site, NodeProcess node) {
        Waiting.require(
                BOUND,
                () -> {
                    try {
                        if (!sender.isConnected()) {
                            sender.connect(site.mqttPort(), BOUND);
                            messages.resent(sender.resendUnacknowledged());
                        }
                        return sender.awaitAcknowledgements(Duration.ofSeconds(2));
                    } catch (IOException e) {
                        return false; // tries again
                    }
                },
                () -> "the rest is not acknowledged:\n" + node.logTail(40));
        assertEquals(next, sender.acknowledgedTotal());
    }

    private String topic(String name) {
        String topic = "vigil." + name;
        broker.createTopic(topic, 1);
        return topic;
    }

    private void audit(SenderClient sender, NodeProcess node, String name) {
        try (KafkaAudit audit =
                new KafkaAudit(broker.bootstrapServers(), "vigil." + name, messages::arrived)) {
            Waiting.until(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return messages.missing(next) == 0;
                    });
            assertEquals(0, messages.missing(next), () -> node.logTail(40));
            assertEquals(0, messages.repeatedThoughNeverResent(next));
            assertEquals(List.of(), audit.faults());
            assertEquals(next, sender.acknowledgedTotal());
        }
    }

    /** What is missing is told: every gap is one the node reported, and it is less than all. */
    private void auditDamage(SenderClient sender, NodeProcess node) {
        try (KafkaAudit audit =
                new KafkaAudit(broker.bootstrapServers(), "vigil.flipped", messages::arrived)) {
            Waiting.until(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return waiting(node) == 0;
                    });
            audit.readToEnd(BOUND);
            int missing = messages.missing(next);
            assertEquals(List.of(), audit.faults());
            assertTrue(
                    missing <= audit.reportedLost(),
                    () -> missing + " missing, told " + audit.reportedLost());
            assertTrue(missing > 0, "the damage hit nothing: the test shows nothing");
            assertTrue(missing < next / 2, () -> "only " + (next - missing) + " were salvaged");
            assertEquals(next, sender.acknowledgedTotal());
        }
    }

    private static long waiting(NodeProcess node) {
        try {
            return NodeMetrics.of(node).waitingRecords();
        } catch (IOException e) {
            return -1; // asked again
        }
    }

    private static Path largestVolume(Path journal) throws IOException {
        try (Stream<Path> files = Files.walk(journal)) {
            return files.filter(file -> file.toString().endsWith(".db"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void flipBytes(Path file, int count, long seed) throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < count; i++) {
                long at = random.nextLong(bytes.length());
                bytes.seek(at);
                int old = bytes.read();
                bytes.seek(at);
                bytes.write(old ^ 0xFF);
            }
        }
    }
}
