package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.forward.BlockHeaders;
import dev.vigil.forward.CentreAccount;
import dev.vigil.forward.CentreProcess;
import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.KafkaCluster;
import dev.vigil.forward.MosquittoBroker;
import dev.vigil.forward.SenmlRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * From the sensor to any reader of {@code vigil.readings}, with every process on the way killed
 * under load, some while others are not back yet: node, mosquitto, bridge, three brokers of Kafka,
 * ledger. {@code -Dvigil.kills=500} for a campaign, {@code -Dvigil.kills.minutes=30} to end it
 * earlier, {@code -Dvigil.seed=N} for another one.
 */
@Timeout(value = 180, unit = TimeUnit.MINUTES)
class KillsIT {
    private static final int KILLS = Integer.getInteger("vigil.kills", 5);
    private static final long SEED = Long.getLong("vigil.seed", 20261123L);
    private static final Duration AT_MOST =
            Duration.ofMinutes(Integer.getInteger("vigil.kills.minutes", 170));
    private static final int READINGS_PER_SECOND = 500;
    private static final int ONE_IN_WHILE_STARTING = 8;
    private static final double LOG_10_OF_MOST_BETWEEN = 2.7;
    private static final Duration BOUND = Duration.ofMinutes(5);
    private static final long LOOK_NANOS = 100_000_000;
    private static final String READINGS = "vigil.readings";
    private static final String ALARMS = "vigil.alarms";
    private static final Pattern VALUE = Pattern.compile("\"v\":([-+0-9.eE]+)");
    private static final String NODE = "tanks/";

    /** Of ten kills. */
    private static final List<String> DECK =
            List.of(
                    "node",
                    "node",
                    "node",
                    "node",
                    "node",
                    "bridge",
                    "bridge",
                    "ledger",
                    "kafka",
                    "mosquitto");

    private final Workplace place = Workplace.fresh("kills");
    private final Random random = new Random(SEED);
    private final List<KilledPart> parts = new ArrayList<>();
    private long nextLook;
    private int kills;
    private int whileStarting;
    private int whileOthersAreDown;

    /** {@link System#nanoTime}. */
    private record Times(long began, long ended, long settled) {}

    @Test
    void everyReadingAcknowledgedAtTheSensorIsReadOnceWhateverIsKilled() throws Exception {
        try (var kafka = KafkaCluster.startIn(place.file("kafka"));
                var mosquitto = MosquittoBroker.startIn(place.file("mosquitto"));
                var ledger =
                        centre(
                                "ledger",
                                kafka,
                                List.of("--kafka.consumer.session.timeout.ms", "6000"));
                var bridge =
                        centre(
                                "bridge",
                                kafka,
                                List.of("--mqtt", "mqtt://127.0.0.1:" + mosquitto.port()))) {
            ledger.awaitLog("ledger is RUNNING");
            bridge.awaitLog("bridge is RUNNING");
            TrialSite site = site(kafka, mosquitto);
            try (var node = new RestartedNode(site, place.file("node.log"));
                    var sensor =
                            new TankSensor(
                                    site.mqttPort(),
                                    InstantSource.system().instant().minus(Duration.ofHours(1)),
                                    READINGS_PER_SECOND);
                    var account =
                            new CentreAccount(
                                    kafka.bootstrapServers(),
                                    List.of(READINGS, ALARMS),
                                    record -> take(sensor.messages(), record))) {
                enlist(node, sensor, kafka, mosquitto, bridge, ledger);
                long began = System.nanoTime();
                kill(sensor, account, began);
                long ended = System.nanoTime();
                settle(sensor, account);
                var times = new Times(began, ended, System.nanoTime());
                account.readUntilQuiet();
                judge(kafka, sensor, account, times);
            }
        }
    }

    private TrialSite site(KafkaCluster kafka, MosquittoBroker mosquitto) {
        return TrialSite.tankPlan()
                .uplinks(
                        List.of(
                                "mqtt: {broker: 'mqtt://127.0.0.1:%d'}".formatted(mosquitto.port()),
                                "kafka: {brokers: '%s', topic: vigil.uplink}"
                                        .formatted(kafka.bootstrapServers())))
                .write(place);
    }

    private CentreProcess centre(String role, KafkaCluster kafka, List<String> more) {
        var words = new ArrayList<String>(List.of("centre", "--roles", role));
        words.addAll(List.of("--kafka", kafka.bootstrapServers()));
        words.addAll(List.of("--state", place.file(role).toString(), "--partitions", "2"));
        words.addAll(List.of("--http", "127.0.0.1:0"));
        words.addAll(more);
        return CentreProcess.launch(
                place.root().resolve("sync/centre/target/quarkus-app/quarkus-run.jar"),
                CentreProcess.QUICK_START,
                place.folder(),
                role,
                words);
    }

    /** The node as a process that is replaced by its successor. Owned by the trial's thread. */
    private static final class RestartedNode implements AutoCloseable {
        private final TrialSite site;
        private final Path log;
        private NodeProcess process;

        RestartedNode(TrialSite site, Path log) {
            this.site = site;
            this.log = log;
            this.process = start();
        }

        void killAndLaunch() {
            process.kill();
            process.close();
            process = start();
        }

        private NodeProcess start() {
            return NodeProcess.start(site.file(), site.pagePort(), log);
        }

        @Override
        public void close() {
            process.close();
        }
    }

    private void enlist(
            RestartedNode node,
            TankSensor sensor,
            KafkaCluster kafka,
            MosquittoBroker mosquitto,
            CentreProcess bridge,
            CentreProcess ledger) {
        var acknowledgedBefore = new long[1];
        parts.add(
                new KilledPart(
                        "node",
                        () -> {
                            node.killAndLaunch();
                            sensor.disconnect();
                            acknowledgedBefore[0] = sensor.acknowledged();
                        },
                        () -> sensor.acknowledged() > acknowledgedBefore[0]));
        parts.add(part("bridge", bridge));
        parts.add(part("ledger", ledger));
        for (KafkaBroker broker : kafka.brokers()) {
            parts.add(
                    new KilledPart(
                            "kafka",
                            () -> {
                                broker.kill();
                                broker.launch();
                            },
                            broker::answers));
        }
        parts.add(
                new KilledPart(
                        "mosquitto",
                        () -> {
                            mosquitto.kill();
                            mosquitto.start();
                        },
                        () -> true));
    }

    private static KilledPart part(String role, CentreProcess process) {
        return new KilledPart(
                role,
                () -> {
                    process.kill();
                    process.launch();
                },
                () -> process.says(role + " is RUNNING"));
    }

    private void kill(TankSensor sensor, CentreAccount account, long began) {
        var deck = new ArrayList<String>();
        while (kills < KILLS && System.nanoTime() - began < AT_MOST.toNanos()) {
            if (deck.isEmpty()) {
                deck.addAll(DECK);
                Collections.shuffle(deck, random);
            }
            String kind = deck.removeLast();
            long target =
                    sensor.acknowledged()
                            + (long) Math.pow(10, random.nextDouble() * LOG_10_OF_MOST_BETWEEN);
            KilledPart victim = victim(kind);
            await(
                    sensor,
                    account,
                    () ->
                            sensor.acknowledged() >= target
                                    && isFree(victim)
                                    && victim.isRipe(account.distinct()),
                    "%s can be killed".formatted(kind));
            if (parts.stream().anyMatch(KilledPart::isDown)) {
                whileOthersAreDown++;
            }
            victim.kill();
            kills++;
            if (kills < KILLS && random.nextInt(ONE_IN_WHILE_STARTING) == 0) {
                long until = System.nanoTime() + random.nextInt(1_500) * 1_000_000L;
                await(sensor, account, () -> System.nanoTime() >= until, "time passes");
                if (victim.isDown()) {
                    victim.kill();
                    kills++;
                    whileStarting++;
                }
            }
        }
    }

    private KilledPart victim(String kind) {
        List<KilledPart> kin = parts.stream().filter(part -> part.kind().equals(kind)).toList();
        return kin.get(random.nextInt(kin.size()));
    }

    /** A cluster of three goes on with two. */
    private boolean isFree(KilledPart victim) {
        return parts.stream().noneMatch(part -> part.kind().equals(victim.kind()) && part.isDown());
    }

    private void await(
            TankSensor sensor, CentreAccount account, BooleanSupplier done, String what) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new TrialFailure(
                        "not within %d s: %s; %d acknowledged, %d arrived, down: %s; logs in %s"
                                .formatted(
                                        BOUND.toSeconds(),
                                        what,
                                        sensor.acknowledged(),
                                        account.distinct(),
                                        parts.stream()
                                                .filter(KilledPart::isDown)
                                                .map(KilledPart::kind)
                                                .toList(),
                                        place.folder()));
            }
            sensor.turn();
            account.poll(Duration.ofMillis(1));
            look(account);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void look(CentreAccount account) {
        if (System.nanoTime() - nextLook >= 0) {
            parts.forEach(part -> part.look(account.distinct()));
            nextLook = System.nanoTime() + LOOK_NANOS;
        }
    }

    /** All are back, everything sent is acknowledged, and everything acknowledged can be read. */
    private void settle(TankSensor sensor, CentreAccount account) {
        await(sensor, account, () -> parts.stream().noneMatch(KilledPart::isDown), "all are back");
        Waiting.require(BOUND, sensor::isAllAcknowledged, () -> "the last are not acknowledged");
        Waiting.until(
                BOUND,
                () -> {
                    account.poll(Duration.ofMillis(50));
                    return sensor.messages().missing(sensor.sent()) == 0;
                });
    }

    private static void take(LevelMessages messages, ConsumerRecord<byte[], byte[]> record) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        Matcher value = VALUE.matcher(new String(record.value(), StandardCharsets.UTF_8));
        if (record.topic().equals(READINGS) && key.startsWith(NODE) && value.find()) {
            Instant at =
                    Instant.parse(
                            new String(
                                    record.headers().lastHeader(BlockHeaders.TIME).value(),
                                    StandardCharsets.UTF_8));
            messages.arrived(
                    SenmlRecord.number(
                            key.substring(NODE.length()),
                            "m",
                            Double.parseDouble(value.group(1)),
                            null,
                            at));
        }
    }

    private void judge(KafkaCluster kafka, TankSensor sensor, CentreAccount account, Times times) {
        long holes =
                account.streams().stream()
                        .mapToLong(stream -> account.missing(stream, account.last(stream)))
                        .sum();
        print(sensor, account, holes, times);
        LevelMessages messages = sensor.messages();
        assertEquals(sensor.sent(), sensor.acknowledged(), "acknowledged of those sent");
        assertEquals(0, messages.missing(sensor.sent()), "acknowledged and lost");
        assertEquals(0, messages.wrong(), "readings with another value");
        assertEquals(0, messages.repeatedThoughNeverResent(sensor.sent()));
        assertEquals(0, account.duplicates(), "one (stream, sequence) more than once");
        assertEquals(0, holes, "sequences that never came");
        assertEquals(
                1,
                account.streams().stream().filter(name -> name.endsWith("/history")).count(),
                () -> "journals: a second one would mean that the first was set aside");
        assertEquals(0, openGaps(kafka), "gaps told of and never closed");
    }

    private static long openGaps(KafkaCluster kafka) {
        return CentreAccount.messages(kafka.bootstrapServers(), "vigil.gaps").stream()
                .map(message -> new String(message.value(), StandardCharsets.UTF_8))
                .mapToLong(
                        text ->
                                text.contains("\"change\":\"opened\"")
                                        ? 1
                                        : text.contains("\"change\":\"closed\"") ? -1 : 0)
                .sum();
    }

    // CHECKSTYLE OFF: the counts are what this test is for
    private void print(TankSensor sensor, CentreAccount account, long holes, Times times) {
        LevelMessages messages = sensor.messages();
        System.out.printf(
                Locale.ROOT,
                "KillsIT: seed %d, %d kills in %.0f s (%d while others were not back, %d of one that was just starting), all there %.1f s after%n",
                SEED,
                kills,
                (times.ended() - times.began()) / 1e9,
                whileOthersAreDown,
                whileStarting,
                (times.settled() - times.ended()) / 1e9);
        System.out.printf(
                "KillsIT: %d readings acknowledged at the sensor, %d of them not in vigil.readings; %d records read, %d (stream, sequence) twice, %d sequences missing%n",
                sensor.acknowledged(),
                messages.missing(sensor.sent()),
                account.records(),
                account.duplicates(),
                holes);
        System.out.printf(
                "KillsIT: %d readings sent again by the sensor, %d of them kept under two sequences%n",
                messages.resentCount(), messages.repeated(sensor.sent()));
        var kinds = new TreeMap<String, List<KilledPart>>();
        parts.forEach(part -> kinds.computeIfAbsent(part.kind(), _ -> new ArrayList<>()).add(part));
        kinds.forEach(
                (kind, kin) ->
                        System.out.printf(
                                "KillsIT: %-9s %3d kills, back after (median, slowest) %s%n",
                                kind,
                                kin.stream().mapToInt(KilledPart::kills).sum(),
                                recoveries(kin)));
    }

    // CHECKSTYLE ON

    private static String recoveries(List<KilledPart> kin) {
        long[] nanos = kin.stream().flatMapToLong(KilledPart::recoveries).toArray();
        if (nanos.length == 0) {
            return "-";
        }
        var all = new Percentiles(nanos);
        return "%s, %s".formatted(Percentiles.millis(all.at(0.5)), Percentiles.millis(all.at(1)));
    }
}
