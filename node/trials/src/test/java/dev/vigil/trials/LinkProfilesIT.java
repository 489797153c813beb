package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promises 3 and 4 over the links that a node may have: a new alarm overtakes the backlog, and
 * everything arrives once. The node and Kafka are real ones, and so is the TCP between them; the
 * link is a {@link PacketLink}. Prints its figures; {@code -Dvigil.links=all
 * -Dvigil.links.backlog=1000000 -Dvigil.links.out=300} for those of sync/README.md.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.HOURS)
class LinkProfilesIT {
    /** Readings; by default what the link carries in a few seconds. */
    private static final int BACKLOG = Integer.getInteger("vigil.links.backlog", 0);

    private static final int OUTAGES = Integer.getInteger("vigil.links.outages", 1);
    private static final Duration OUT =
            Duration.ofSeconds(Integer.getInteger("vigil.links.out", 4));
    private static final long SEED = Long.getLong("vigil.seed", 20261123L);

    private static final int SECONDS = 6;
    private static final int ABOUT_BYTES_A_READING = 8;
    private static final int ALARMS = 3;
    private static final Duration BOUND = Duration.ofMinutes(5);
    private static final Duration ALL_BOUND = Duration.ofHours(1);
    private static final Pattern ALARM = Pattern.compile("alarm/(room-\\d+)-.*");

    private final Workplace place = Workplace.fresh("links");
    private final PacketLink link = PacketLink.open(SEED);
    private final KafkaBroker broker =
            KafkaBroker.startBehind(
                    place.file("kafka"), PacketLink.CENTRE, PacketLink.CENTRE_AS_SEEN);

    @AfterAll
    void end() {
        broker.close();
        link.close();
    }

    /** One node and what its centre has got. */
    private final class Run implements AutoCloseable {
        private final LinkProfile profile;
        private final RecordedBacklog backlog = new RecordedBacklog(place);
        private final Map<String, Duration> alarms = new TreeMap<>();
        private final long bytesBefore = link.bytesUp();
        private final long packetsBefore = link.packets();
        private final long lostBefore = link.lostPackets();
        private final NodeProcess node;
        private final PahoSender sender;
        private final KafkaAudit audit;
        private int rooms;

        Run(LinkProfile profile, String topic) {
            this.profile = profile;
            broker.createTopic(topic, 1);
            TrialSite site = site(profile, topic);
            node =
                    NodeProcess.start(site.file(), site.pagePort(), place.file(topic + ".log"))
                            .awaitReady(BOUND);
            sender = PahoSender.connect(site.mqttPort(), "links-it", BOUND);
            audit =
                    new KafkaAudit(
                            broker.bootstrapServers(),
                            topic,
                            record -> {
                                backlog.arrived(record);
                                note(record);
                            });
        }

        /** The time of an alarm's record is when its incident opened: the siren sounds with it. */
        private void note(SenmlRecord record) {
            Matcher alarm = ALARM.matcher(record.name());
            if (alarm.matches()) {
                alarms.putIfAbsent(
                        alarm.group(1),
                        Duration.between(record.at(), InstantSource.system().instant()));
            }
        }

        /** Two hot readings make one; its room. */
        String raiseAlarm() {
            String room = "room-" + rooms++;
            for (int degrees = 80; degrees < 82; degrees++) {
                sender.publish(
                        "site/" + room,
                        "[{\"n\":\"%s/temperature\",\"u\":\"Cel\",\"v\":%d}]"
                                .formatted(room, degrees),
                        () -> {});
            }
            return room;
        }

        Duration awaitAlarm(String room) {
            Waiting.require(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(20));
                        return alarms.containsKey(room);
                    },
                    () -> "no alarm of %s at Kafka: %s".formatted(room, alarms));
            return Objects.requireNonNull(alarms.get(room));
        }

        void awaitHistory() {
            Waiting.require(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return audit.records(Lane.HISTORY) > 0;
                    },
                    () -> "nothing of the backlog is at Kafka");
        }

        /** Raises an alarm while the link is gone; how long after its return it is at Kafka. */
        Duration outage() {
            link.there(false);
            long gone = System.nanoTime();
            String room = raiseAlarm();
            Waiting.untilNanoTime(gone + OUT.toNanos());
            link.there(true);
            long back = System.nanoTime();
            awaitAlarm(room);
            return Duration.ofNanos(System.nanoTime() - back);
        }

        void awaitAll() {
            Waiting.require(
                    ALL_BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(100));
                        return backlog.missing() == 0 && waiting() == 0;
                    },
                    () ->
                            "%d readings are missing, %d records wait"
                                    .formatted(backlog.missing(), waiting()));
            audit.readToEnd(BOUND);
        }

        long waiting() {
            try {
                return NodeMetrics.of(node).waitingRecords();
            } catch (IOException e) {
                throw new UncheckedIOException("the node has no metrics", e);
            }
        }

        double bytesOnTheWire() {
            return (link.bytesUp() - bytesBefore) / (double) audit.records(Lane.HISTORY);
        }

        double bytesOfBlocks() {
            return audit.bodyBytes() / (double) audit.records(Lane.HISTORY);
        }

        String packets() {
            return "%,d packets, %,d of them lost"
                    .formatted(link.packets() - packetsBefore, link.lostPackets() - lostBefore);
        }

        @Override
        public void close() {
            audit.close();
            sender.close();
            node.close();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vigil.trials.LinkProfile#wanted")
    void aFreshAlarmOvertakesTheBacklogAndEverythingArrivesOnce(LinkProfile profile) {
        link.beFast();
        link.there(true);
        try (Run run = new Run(profile, topic(profile))) {
            link.be(profile);
            long readings =
                    BACKLOG > 0
                            ? BACKLOG
                            : (long) SECONDS * profile.bytesPerSecond() / ABOUT_BYTES_A_READING;
            long began = System.nanoTime();
            run.backlog.send(run.sender, readings);
            run.awaitHistory();
            List<Duration> back = new ArrayList<>();
            for (int i = 0; profile.goesOut() && i < OUTAGES; i++) {
                run.backlog.send(run.sender, i == 0 ? 0 : readings / OUTAGES);
                back.add(run.outage());
            }
            List<Duration> fresh = new ArrayList<>();
            fresh.add(run.awaitAlarm(run.raiseAlarm()));
            long waiting = run.waiting();
            while (fresh.size() < ALARMS) {
                fresh.add(run.awaitAlarm(run.raiseAlarm()));
            }
            run.awaitAll();
            print(run, fresh, waiting, back, Duration.ofNanos(System.nanoTime() - began));

            assertTrue(waiting > 0, "the backlog was gone before the first alarm was at Kafka");
            assertEquals(List.of(), run.audit.faults());
            assertEquals(0, run.audit.reportedLost());
            assertEquals(0, run.backlog.missing());
            assertEquals(0, run.backlog.twice());
            Duration worst = fresh.stream().max(Duration::compareTo).orElseThrow();
            // On the way is less than a second's worth; the rest is for a busy machine.
            assertTrue(worst.compareTo(Duration.ofSeconds(30)) < 0, "worst " + worst);
        }
    }

    private static String topic(LinkProfile profile) {
        return profile.name().replaceAll("[^A-Za-z0-9]", "-");
    }

    private TrialSite site(LinkProfile profile, String topic) {
        var plan = new TrialSite.Plan("links").topic("site/#").journal(topic);
        for (String position : FireRecording.POSITIONS) {
            String zone = "position-" + position;
            plan.sensor(zone + "/temperature", "temperature", zone);
            plan.sensor(zone + "/obsc_per_m", "obsc_per_m", zone);
            plan.sensor(zone + "/co", "co", zone);
        }
        List<String> rooms = new ArrayList<>();
        for (int room = 0; room < ALARMS + OUTAGES; room++) {
            rooms.add("room-" + room);
            plan.sensor("room-" + room + "/temperature", "temperature", "room-" + room);
        }
        return plan.policyOn("heat", rooms)
                .uplinks(
                        List.of(
                                "kafka: {brokers: '%s:%d', topic: %s, rate: %dkbit/s, state: 0s}"
                                        .formatted(
                                                PacketLink.CENTRE_AS_SEEN,
                                                broker.portBehind(),
                                                topic,
                                                profile.bitsPerSecond() / 1000)))
                .write(place);
    }

    // CHECKSTYLE OFF: the figures of this trial are for whoever started it
    private static void print(
            Run run, List<Duration> fresh, long waiting, List<Duration> back, Duration lasted) {
        System.out.printf(
                Locale.ROOT,
                "links: %s (%d kbit/s, %d ms, %.0f %% lost): %d alarms at Kafka %s ms after the siren, %,d records waiting; %,d readings of SDC02 there after %.1f s: %d lost, %d twice, %d blocks came again; %.2f bytes a reading on the wire, %.2f of them blocks; %s%n",
                run.profile,
                run.profile.bitsPerSecond() / 1000,
                run.profile.roundTrip().toMillis(),
                run.profile.loss() * 100,
                fresh.size(),
                millis(fresh),
                waiting,
                run.backlog.sent(),
                lasted.toMillis() / 1e3,
                run.backlog.missing(),
                run.backlog.twice(),
                run.audit.copies(),
                run.bytesOnTheWire(),
                run.bytesOfBlocks(),
                run.packets());
        if (!back.isEmpty()) {
            System.out.printf(
                    Locale.ROOT,
                    "links: %s: gone for %d s, %d times: an alarm of the time without it is at Kafka %s ms after it is back%n",
                    run.profile,
                    OUT.toSeconds(),
                    back.size(),
                    millis(back));
        }
    }

    // CHECKSTYLE ON

    private static List<Long> millis(List<Duration> durations) {
        return durations.stream().map(Duration::toMillis).toList();
    }
}
