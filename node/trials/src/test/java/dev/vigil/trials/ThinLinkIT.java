package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Promise 4 on a link of 64 kbit/s: a new alarm overtakes the backlog. Readings are those of a
 * recorded fire, over and over. Prints its figures; {@code -Dvigil.thin.backlog=1000000} for those
 * of sync/forward/README.md.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThinLinkIT {
    private static final int BACKLOG = Integer.getInteger("vigil.thin.backlog", 150_000);
    private static final int MEASURED = 10_000;
    private static final int BYTES_PER_SECOND = 8_000;
    private static final int READINGS_PER_MESSAGE = 300;
    private static final int ROOMS = 5;
    private static final int UNACKNOWLEDGED_MAX = 50;
    private static final Duration BOUND = Duration.ofMinutes(5);

    private static final Pattern ALARM = Pattern.compile("alarm/(room-\\d+)-.*");

    private final Workplace place = Workplace.fresh("thin-link");
    private final ThrottledProxy link = ThrottledProxy.open(BYTES_PER_SECOND);
    private final KafkaBroker broker = KafkaBroker.startBehind(place.file("kafka"), link.port());

    @AfterAll
    void end() {
        broker.close();
        link.close();
    }

    @Test
    void aFreshAlarmIsAtKafkaLongBeforeTheBacklog() throws Exception {
        link.target(broker.portBehind());
        broker.createTopic(KafkaAudit.TOPIC, 1);
        TrialSite site = site();
        Map<String, Duration> alarms = new TreeMap<>();
        try (NodeProcess node =
                        NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                                .awaitReady(BOUND);
                PahoSender sender = PahoSender.connect(site.mqttPort(), "thin-it", BOUND);
                KafkaAudit audit =
                        new KafkaAudit(
                                broker.bootstrapServers(),
                                KafkaAudit.TOPIC,
                                record -> note(record, alarms))) {
            int sent = sendBacklog(sender);
            awaitHistory(audit, 0);
            long bytesBefore = link.bytesUp();
            long bodiesBefore = audit.bodyBytes();
            long recordsBefore = audit.records(Lane.HISTORY);
            for (int room = 0; room < ROOMS; room++) {
                raiseAlarm(room, sender, audit, alarms);
            }
            assertTrue(site.siren().lines().stream().anyMatch(SirenFile.Switched::on), "no siren");
            List<Duration> delays = List.copyOf(alarms.values());
            awaitHistory(audit, recordsBefore + MEASURED);
            double records = audit.records(Lane.HISTORY) - recordsBefore;
            double wire = (link.bytesUp() - bytesBefore) / records;
            double blocks = (audit.bodyBytes() - bodiesBefore) / records;
            long waiting = NodeMetrics.of(node).waitingRecords();

            print(sent, waiting, delays, wire, blocks);
            assertTrue(waiting > 0, "the backlog was gone before the alarms were over");
            assertEquals(List.of(), audit.faults());
            Duration worst = delays.stream().max(Duration::compareTo).orElseThrow();
            // On the way are less than two seconds' worth; the rest is for a busy machine.
            assertTrue(worst.compareTo(Duration.ofSeconds(15)) < 0, "worst " + worst);
            assertTrue(wire < 12, "bytes a reading: " + wire);
        }
    }

    /** The link is up, and more than so many records of the backlog have come. */
    private static void awaitHistory(KafkaAudit audit, long records) {
        Waiting.require(
                BOUND,
                () -> {
                    audit.poll(Duration.ofMillis(50));
                    return audit.records(Lane.HISTORY) > records;
                },
                () ->
                        "at Kafka are %d records of history, not more than %d"
                                .formatted(audit.records(Lane.HISTORY), records));
    }

    private TrialSite site() {
        var plan = new TrialSite.Plan("thin").topic("site/#");
        for (String position : FireRecording.POSITIONS) {
            String zone = "position-" + position;
            plan.sensor(zone + "/temperature", "temperature", zone);
            plan.sensor(zone + "/obsc_per_m", "obsc_per_m", zone);
            plan.sensor(zone + "/co", "co", zone);
        }
        List<String> rooms = new ArrayList<>();
        for (int room = 0; room < ROOMS; room++) {
            rooms.add("room-" + room);
            plan.sensor("room-" + room + "/temperature", "temperature", "room-" + room);
        }
        return plan.policyOn("heat", rooms)
                .uplinks(
                        List.of(
                                "kafka: {brokers: '127.0.0.1:%d', rate: 64kbit/s, state: 0s}"
                                        .formatted(link.port())))
                .write(place);
    }

    /** Two hot readings, and until the alarm they make is read at Kafka. */
    private static void raiseAlarm(
            int room, PahoSender sender, KafkaAudit audit, Map<String, Duration> alarms) {
        String name = "room-" + room;
        for (int degrees = 80; degrees < 82; degrees++) {
            sender.publish(
                    "site/" + name,
                    "[{\"n\":\"%s/temperature\",\"u\":\"Cel\",\"v\":%d}]".formatted(name, degrees),
                    () -> {});
        }
        Waiting.require(
                BOUND,
                () -> {
                    audit.poll(Duration.ofMillis(20));
                    return alarms.containsKey(name);
                },
                () -> "no alarm of %s at Kafka: %s".formatted(name, alarms));
    }

    /** The time of an alarm's record is when its incident opened, with which the siren sounds. */
    private static void note(SenmlRecord record, Map<String, Duration> alarms) {
        Matcher alarm = ALARM.matcher(record.name());
        if (alarm.matches()) {
            alarms.putIfAbsent(
                    alarm.group(1),
                    Duration.between(record.at(), InstantSource.system().instant()));
        }
    }

    /** The recording over and over, its moments 100 ms apart, a head's readings in packs. */
    private int sendBacklog(PahoSender sender) {
        List<FireRecording.Moment> moments =
                FireRecording.read(
                                place.root()
                                        .resolve(
                                                "sensor-drivers/recordings/nist-smoke-alarms/SDC02.csv.gz"))
                        .moments();
        Instant start = Instant.parse("2026-11-23T00:00:00Z");
        var packs = new StringBuilder[FireRecording.POSITIONS.size()];
        Arrays.setAll(packs, _ -> new StringBuilder());
        var sizes = new int[packs.length];
        int sent = 0;
        for (int i = 0; sent < BACKLOG; i++) {
            FireRecording.Moment moment = moments.get(i % moments.size());
            for (int head = 0; head < packs.length; head++) {
                sizes[head] += append(packs[head], moment.samples().get(head), start, i);
                if (sizes[head] >= READINGS_PER_MESSAGE) {
                    sent += sizes[head];
                    publish(sender, packs[head].append(']').toString());
                    packs[head].setLength(0);
                    sizes[head] = 0;
                }
            }
        }
        assertTrue(sender.awaitAcknowledgements(BOUND), "not all of the backlog is acknowledged");
        return sent;
    }

    private static int append(
            StringBuilder pack, FireRecording.Sample sample, Instant start, int moment) {
        String at =
                String.format(
                        Locale.ROOT, "%d.%d", start.getEpochSecond() + moment / 10, moment % 10);
        add(pack, sample.channel("temperature"), "Cel", sample.temperature(), at);
        add(pack, sample.channel("obsc_per_m"), "/", sample.obscuration(), at);
        Double monoxide = sample.carbonMonoxide();
        if (monoxide == null) {
            return 2;
        }
        add(pack, sample.channel("co"), "/", monoxide, at);
        return 3;
    }

    private static void add(StringBuilder pack, String name, String unit, double value, String at) {
        pack.append(pack.isEmpty() ? '[' : ',')
                .append("{\"n\":\"%s\",\"u\":\"%s\",\"t\":%s,\"v\":".formatted(name, unit, at))
                .append(value)
                .append('}');
    }

    private static void publish(PahoSender sender, String pack) {
        Waiting.require(
                BOUND,
                () -> sender.sentTotal() - sender.acknowledgedTotal() < UNACKNOWLEDGED_MAX,
                () -> "the node acknowledges nothing");
        sender.publish("site/backlog", pack, () -> {});
    }

    // CHECKSTYLE OFF: the figures of this trial are for whoever started it
    private static void print(
            int sent, long waiting, List<Duration> delays, double wire, double blocks) {
        System.out.printf(
                Locale.ROOT,
                "thin link: %d readings of SDC02, %d records waiting afterwards, %d bit/s: %d alarms at Kafka %s ms after the siren; %.2f bytes a reading on the wire, %.2f of them blocks%n",
                sent,
                waiting,
                BYTES_PER_SECOND * 8,
                delays.size(),
                delays.stream().map(Duration::toMillis).toList(),
                wire,
                blocks);
    }
    // CHECKSTYLE ON
}
