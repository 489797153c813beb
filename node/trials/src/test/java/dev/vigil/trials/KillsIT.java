package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * ledger. Around each kill rooms get hot, whose alarms must be in {@code vigil.alarms}. {@code
 * -Dvigil.kills=500} for a campaign, {@code -Dvigil.kills.minutes=30} to end it earlier, {@code
 * -Dvigil.seed=N} for another one.
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
    private static final int ROOMS_PER_KILL = 2;
    private static final int ALARM_BEFORE_MILLIS = 30;

    /** So many that are younger may come before an alarm, whose leader alone may be gone. */
    private static final int YOUNGER_AT_MOST = 60 * READINGS_PER_SECOND;

    private static final Duration BOUND = Duration.ofMinutes(5);
    private static final long LOOK_NANOS = 100_000_000;
    private static final String READINGS = "vigil.readings";
    private static final String ALARMS = "vigil.alarms";
    private static final Pattern VALUE = Pattern.compile("\"v\":([-+0-9.eE]+)");
    private static final String NODE = "tanks/";
    private static final String ALARM = NODE + "alarm/";
    private static final Pattern GAP =
            Pattern.compile(
                    "\\{\"stream\":\"([^\"]+)\",\"change\":\"(opened|closed)\",\"from\":(\\d+),\"through\":(\\d+),.*");

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

    /** Both ends: who measures, and who reads at the centre. */
    private record Line(TankSensor sensor, RoomAlarms rooms, CentreAccount account) {
        void heat() {
            rooms.heat(sensor.sent());
        }
    }

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
                    var rooms = new RoomAlarms(site.mqttPort());
                    var account =
                            new CentreAccount(
                                    kafka.bootstrapServers(),
                                    List.of(READINGS, ALARMS),
                                    record -> take(sensor.messages(), rooms, record))) {
                var line = new Line(sensor, rooms, account);
                enlist(node, line, kafka, mosquitto, bridge, ledger);
                long began = System.nanoTime();
                kill(line, began);
                long ended = System.nanoTime();
                settle(line);
                var times = new Times(began, ended, System.nanoTime());
                account.readUntilQuiet();
                judge(kafka, line, times);
            }
        }
    }

    private TrialSite site(KafkaCluster kafka, MosquittoBroker mosquitto) {
        return RoomAlarms.planned(TrialSite.tankPlan(), ROOMS_PER_KILL * KILLS)
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
            Line line,
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
                            line.sensor().disconnect();
                            line.rooms().disconnect();
                            acknowledgedBefore[0] = line.sensor().acknowledged();
                        },
                        () -> line.sensor().acknowledged() > acknowledgedBefore[0]));
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

    private void kill(Line line, long began) {
        var deck = new ArrayList<String>();
        while (kills < KILLS && System.nanoTime() - began < AT_MOST.toNanos()) {
            if (deck.isEmpty()) {
                deck.addAll(DECK);
                Collections.shuffle(deck, random);
            }
            String kind = deck.removeLast();
            long target =
                    line.sensor().acknowledged()
                            + (long) Math.pow(10, random.nextDouble() * LOG_10_OF_MOST_BETWEEN);
            KilledPart victim = victim(kind);
            await(
                    line,
                    () ->
                            line.sensor().acknowledged() >= target
                                    && isFree(victim)
                                    && victim.isRipe(line.account().distinct()),
                    "%s can be killed".formatted(kind));
            if (parts.stream().anyMatch(KilledPart::isDown)) {
                whileOthersAreDown++;
            }
            line.heat();
            pass(line, ALARM_BEFORE_MILLIS);
            victim.kill();
            kills++;
            line.heat();
            if (kills < KILLS && random.nextInt(ONE_IN_WHILE_STARTING) == 0) {
                pass(line, 1_500);
                if (victim.isDown()) {
                    victim.kill();
                    kills++;
                    whileStarting++;
                }
            }
        }
    }

    /** Goes on for a moment. */
    private void pass(Line line, int millisAtMost) {
        long until = System.nanoTime() + random.nextInt(millisAtMost) * 1_000_000L;
        await(line, () -> System.nanoTime() >= until, "time passes");
    }

    private KilledPart victim(String kind) {
        List<KilledPart> kin = parts.stream().filter(part -> part.kind().equals(kind)).toList();
        return kin.get(random.nextInt(kin.size()));
    }

    /** A cluster of three goes on with two. */
    private boolean isFree(KilledPart victim) {
        return parts.stream().noneMatch(part -> part.kind().equals(victim.kind()) && part.isDown());
    }

    private void await(Line line, BooleanSupplier done, String what) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new TrialFailure(
                        "not within %d s: %s; %d acknowledged, %d arrived, down: %s; logs in %s"
                                .formatted(
                                        BOUND.toSeconds(),
                                        what,
                                        line.sensor().acknowledged(),
                                        line.account().distinct(),
                                        parts.stream()
                                                .filter(KilledPart::isDown)
                                                .map(KilledPart::kind)
                                                .toList(),
                                        place.folder()));
            }
            line.sensor().turn();
            line.rooms().turn();
            line.account().poll(Duration.ofMillis(1));
            look(line.account());
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
    private void settle(Line line) {
        await(line, () -> parts.stream().noneMatch(KilledPart::isDown), "all are back");
        await(line, line.rooms()::isAllAcknowledged, "the hot rooms are acknowledged");
        Waiting.require(
                BOUND, line.sensor()::isAllAcknowledged, () -> "the last are not acknowledged");
        Waiting.until(
                BOUND,
                () -> {
                    line.account().poll(Duration.ofMillis(50));
                    return line.sensor().messages().missing(line.sensor().sent()) == 0
                            && line.rooms().haveAllArrived();
                });
    }

    private static void take(
            LevelMessages messages, RoomAlarms rooms, ConsumerRecord<byte[], byte[]> record) {
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
        } else if (record.topic().equals(ALARMS) && key.startsWith(ALARM)) {
            rooms.arrived(key.substring(ALARM.length()), record.value(), messages);
        }
    }

    private void judge(KafkaCluster kafka, Line line, Times times) {
        CentreAccount account = line.account();
        TankSensor sensor = line.sensor();
        RoomAlarms rooms = line.rooms();
        long holes =
                account.streams().stream()
                        .mapToLong(stream -> account.missing(stream, account.last(stream)))
                        .sum();
        print(line, holes, times);
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
        assertEquals(Map.of(), openGaps(kafka), "gaps told of and never closed");
        assertEquals(0, rooms.missing(), "alarms of acknowledged readings, not in vigil.alarms");
        assertEquals(0, rooms.openedAgain(), "incidents that opened twice");
        assertEquals(0, rooms.severalThoughNeverResent(), "two incidents of one reading");
        assertTrue(
                rooms.overtakenByAtMost() <= YOUNGER_AT_MOST,
                () -> "readings sent after an alarm came first: " + rooms.overtakenByAtMost());
    }

    /** By stream. A stream's gaps are told of in order: one key, one partition. */
    private static Map<String, BitSet> openGaps(KafkaCluster kafka) {
        var open = new TreeMap<String, BitSet>();
        for (var message : CentreAccount.messages(kafka.bootstrapServers(), "vigil.gaps")) {
            String text = new String(message.value(), StandardCharsets.UTF_8);
            Matcher gap = GAP.matcher(text);
            if (!gap.matches()) {
                throw new TrialFailure("not a gap: " + text);
            }
            open.computeIfAbsent(gap.group(1), _ -> new BitSet())
                    .set(
                            Integer.parseInt(gap.group(3)),
                            Integer.parseInt(gap.group(4)) + 1,
                            gap.group(2).equals("opened"));
        }
        open.values().removeIf(BitSet::isEmpty);
        return open;
    }

    // CHECKSTYLE OFF: the counts are what this test is for
    private void print(Line line, long holes, Times times) {
        CentreAccount account = line.account();
        TankSensor sensor = line.sensor();
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
        System.out.println("KillsIT: " + line.rooms().figures());
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
