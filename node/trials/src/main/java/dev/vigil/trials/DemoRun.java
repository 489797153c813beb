package dev.vigil.trials;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * The demo: a recorded house fire, watched by a node whose uplink is cut. Owned by one thread, that
 * of the command or the test.
 */
final class DemoRun {
    static final String TEST = "SDC02";
    static final int SPEED = 20;

    /** Into the recording, before anything in the house has noticed the fire. */
    static final Duration CUT_AT = Duration.ofSeconds(10);

    /**
     * Longer than a Kafka producer keeps what it had taken just before the link went (12 s here),
     * so that everything that waits waits in the journal, where an alarm overtakes it.
     */
    static final Duration OUTAGE = Duration.ofSeconds(20);

    private static final int HEADS = 5;
    private static final Duration AFTER_THE_FIRE = Duration.ofMillis(300);
    private static final Duration SETTLED = Duration.ofMillis(80);
    private static final Duration READY_BOUND = Duration.ofSeconds(30);
    private static final Duration DELIVERY_BOUND = Duration.ofSeconds(30);
    private static final Duration BUFFER_LINE_EVERY = Duration.ofSeconds(3);

    private final Workplace place;
    private final Started started;
    private final InstantSource clock;
    private final Timeline timeline;
    private final FireRecording fire;
    private final Queue<RealAlarms.Alarm> realAlarms;
    private final AcknowledgedReadings readings = new AcknowledgedReadings();
    private final Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final Set<String> zonesTold = new HashSet<>();
    private final Set<String> zonesInAlarm = new HashSet<>();
    private final List<Happened> happened = new ArrayList<>();
    private int sirenLines;
    private boolean cut;
    private Instant cutAt = Instant.MAX;
    private long offsetAtCut;
    private Instant nextBufferLine = Instant.MAX;

    private record Playing(Scene scene, PahoSender sensors, PahoListener listener) {}

    private record Acknowledged(FireRecording.Sample sample, Instant at) {}

    /**
     * What came of it.
     *
     * @param findings what was checked, one sentence each, with its figures
     * @param failures the findings that are not as promised; none when all is well
     */
    record Verdict(List<String> findings, List<String> failures) {
        boolean good() {
            return failures.isEmpty();
        }

        void print(PrintStream out) {
            out.println();
            findings.forEach(finding -> out.println("  ok   " + finding));
            failures.forEach(failure -> out.println("  BAD  " + failure));
            out.println();
            out.println(
                    good()
                            ? "VERDICT: every acknowledged reading is at Kafka exactly once, and the alarm came first."
                            : "VERDICT: not as promised.");
            out.flush();
        }
    }

    /** What is running when the demo has been played. */
    record Scene(KafkaBroker broker, NodeProcess node, TrialSite site) {}

    DemoRun(Workplace place, Started started, PrintStream out, InstantSource clock) {
        this.place = place;
        this.started = started;
        this.clock = clock;
        timeline = new Timeline(out, clock.instant());
        fire = FireRecording.read(place.recording("nist-smoke-alarms/" + TEST + ".csv.gz"));
        realAlarms =
                new ArrayDeque<>(
                        RealAlarms.read(
                                        place.recording(
                                                "nist-smoke-alarms/alarm_activation.csv.gz"),
                                        TEST)
                                .firstOfEachType());
    }

    /** Starts Kafka and the node, and returns when both are ready. */
    Scene begin() {
        timeline.heading("   wall    fire   what happens");
        KafkaBroker broker = started.add(KafkaBroker.startIn(place.file("kafka")));
        broker.createTopic(KafkaAudit.TOPIC, 1);
        event("a real Kafka broker is up at %s".formatted(broker.bootstrapServers()));
        TrialSite site = TrialSite.house(place, broker.bootstrapServers());
        NodeProcess node =
                started.node(
                        () ->
                                NodeProcess.start(
                                        site.file(), site.pagePort(), place.file("node.log")));
        node.awaitReady(READY_BOUND);
        event("the node is armed (process %d): %s".formatted(node.pid(), node.pageAddress()));
        return new Scene(broker, node, site);
    }

    /** Plays the fire, cuts the link, brings it back, waits for the records and judges. */
    Verdict play(Scene scene) throws IOException {
        int port = scene.site().mqttPort();
        try (PahoListener listener = PahoListener.subscribe(port, "vigil/v1/#", READY_BOUND);
                PahoSender sensors = PahoSender.connect(port, "detectors", READY_BOUND)) {
            Playing playing = new Playing(scene, sensors, listener);
            burn(playing);
            if (!sensors.awaitAcknowledgements(READY_BOUND)) {
                throw new TrialFailure(
                        "%d messages sent, %d acknowledged, %d failed"
                                .formatted(
                                        sensors.sentTotal(),
                                        sensors.acknowledgedTotal(),
                                        sensors.failedTotal()));
            }
            takeAcknowledged();
            event(
                    "%d readings acknowledged, each on the disk first; %s"
                            .formatted(readings.acknowledgedCount(), waiting(scene.node())));
            watchUntil(playing, cutAt.plus(OUTAGE));
        }
        event("the link comes back: starting Kafka again");
        scene.broker().start();
        event("Kafka is up");
        return judge(scene);
    }

    private void burn(Playing playing) throws IOException {
        Instant zero = clock.instant();
        Instant sampleZero = zero.minus(fire.length()).plus(fire.length().dividedBy(SPEED));
        timeline.fireStarts(zero, SPEED, fire.length());
        event(
                "the recorded fire %s begins, %d times as fast: %d detector heads, a message from each every %d ms"
                        .formatted(TEST, SPEED, HEADS, 2000 / SPEED));
        for (FireRecording.Moment moment : fire.moments()) {
            watchUntil(playing, zero.plus(moment.sinceStart().dividedBy(SPEED)));
            if (!cut && moment.sinceStart().compareTo(CUT_AT) >= 0) {
                Instant before = clock.instant();
                awaitDelivery(playing);
                zero = zero.plus(Duration.between(before, clock.instant()));
                timeline.fireStarts(zero, SPEED, fire.length());
                cut(playing.scene());
            }
            for (FireRecording.Sample sample : moment.samples()) {
                Instant at = sampleZero.plus(moment.sinceStart());
                playing.sensors()
                        .publish(
                                sample.topic(),
                                sample.senml(at),
                                () -> acknowledged.add(new Acknowledged(sample, at)));
            }
        }
        watchUntil(playing, clock.instant().plus(AFTER_THE_FIRE));
    }

    /** All that was sent so far is at Kafka, so that everything after it is backlog. */
    private void awaitDelivery(Playing playing) {
        playing.sensors().awaitAcknowledgements(READY_BOUND);
        takeAcknowledged();
        String kafka = playing.scene().broker().bootstrapServers();
        try (KafkaAudit audit = KafkaAudit.countingOnly(kafka, KafkaAudit.TOPIC)) {
            Waiting.require(
                    DELIVERY_BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(20));
                        return audit.records(Lane.HISTORY) >= readings.acknowledgedCount();
                    },
                    () ->
                            "%d readings acknowledged, %d at Kafka while the link was up"
                                    .formatted(
                                            readings.acknowledgedCount(),
                                            audit.records(Lane.HISTORY)));
            offsetAtCut = audit.arrived().getLast().offset() + 1;
        }
    }

    private void cut(Scene scene) {
        cut = true;
        event(
                "%d readings so far, all of them already at Kafka"
                        .formatted(readings.acknowledgedCount()));
        scene.broker().kill();
        cutAt = clock.instant();
        event("the uplink is cut: Kafka is gone");
        nextBufferLine = clock.instant().plus(BUFFER_LINE_EVERY);
    }

    /** Looks at siren, real alarms and buffer until {@code due}. */
    private void watchUntil(Playing playing, Instant due) throws IOException {
        Instant now = clock.instant();
        while (now.isBefore(due)) {
            takeAcknowledged();
            tellAlarms(playing, now);
            tellRealAlarms(now);
            if (!now.isBefore(nextBufferLine)) {
                nextBufferLine = now.plus(BUFFER_LINE_EVERY);
                event("no link; " + waiting(playing.scene().node()));
            }
            long millis = Math.min(5, Duration.between(now, due).toMillis() + 1);
            Waiting.untilNanoTime(System.nanoTime() + millis * 1_000_000);
            now = clock.instant();
        }
    }

    /**
     * The siren's file and the node's own messages, in the order of what they tell; a moment later,
     * as one may be read before the other.
     */
    private void tellAlarms(Playing playing, Instant now) throws IOException {
        List<SirenFile.Switched> lines = playing.scene().site().siren().lines();
        for (SirenFile.Switched line : lines.subList(sirenLines, lines.size())) {
            String what = "siren %s; its file: %s".formatted(line.on() ? "ON" : "off", line.line());
            happened.add(new Happened(line.at(), () -> Optional.of(what)));
        }
        sirenLines = lines.size();
        PahoListener listener = playing.listener();
        for (Optional<byte[]> next = listener.poll(); next.isPresent(); next = listener.poll()) {
            IncidentNews news = IncidentNews.parse(next.get());
            happened.add(new Happened(news.at(), () -> tell(news)));
        }
        happened.sort(Comparator.comparing(Happened::at));
        while (!happened.isEmpty() && happened.getFirst().at().isBefore(now.minus(SETTLED))) {
            Happened next = happened.removeFirst();
            next.what().get().ifPresent(what -> timeline.event(next.at(), what));
        }
    }

    /** What is to be told, if it is news. */
    private record Happened(Instant at, Supplier<Optional<String>> what) {}

    /** Each zone's first word and its alarm; the rest of its story is on the page. */
    private Optional<String> tell(IncidentNews news) {
        boolean first = zonesTold.isEmpty();
        String found =
                String.format(
                        Locale.ROOT,
                        "%s, %s (%.4g, limit %.4g)",
                        news.zone(),
                        news.cause().code(),
                        news.cause().score(),
                        news.cause().limit());
        if (news.isAlarm()) {
            zonesTold.add(news.zone());
            return zonesInAlarm.add(news.zone())
                    ? Optional.of((first ? "first threshold and " : "") + "ALARM at " + found)
                    : Optional.empty();
        }
        boolean told = !zonesTold.add(news.zone());
        return told
                ? Optional.empty()
                : Optional.of((first ? "first threshold: " : "pre-warning at ") + found);
    }

    private void tellRealAlarms(Instant now) {
        RealAlarms.Alarm next = realAlarms.peek();
        if (next != null && timeline.fireTime(now).compareTo(next.sinceStart()) >= 0) {
            realAlarms.remove();
            event(
                    "(in the test, the first %s alarm of the house sounded now, at position %s)"
                            .formatted(next.type(), next.position()));
        }
    }

    private void takeAcknowledged() {
        for (Acknowledged each = acknowledged.poll(); each != null; each = acknowledged.poll()) {
            FireRecording.Sample sample = each.sample();
            acknowledge(sample.channel("temperature"), each.at(), sample.temperature());
            acknowledge(sample.channel("obsc_per_m"), each.at(), sample.obscuration());
            Double monoxide = sample.carbonMonoxide();
            if (monoxide != null) {
                acknowledge(sample.channel("co"), each.at(), monoxide);
            }
        }
    }

    private void acknowledge(String channel, Instant at, double value) {
        readings.acknowledged(
                new AcknowledgedReadings.Key(channel, Instant.ofEpochMilli(at.toEpochMilli())),
                value);
    }

    private Verdict judge(Scene scene) throws IOException {
        List<SenmlRecord> alarms = new ArrayList<>();
        try (KafkaAudit audit =
                new KafkaAudit(
                        scene.broker().bootstrapServers(),
                        KafkaAudit.TOPIC,
                        record -> {
                            if (record.text() == null) {
                                readings.arrived(record);
                            } else if (record.name().startsWith("alarm/")) {
                                alarms.add(record);
                            }
                        })) {
            awaitLink(audit);
            boolean all = Waiting.until(DELIVERY_BOUND, () -> delivered(scene.node(), audit));
            event(
                    all
                            ? "all records delivered; " + waiting(scene.node())
                            : "NOT all records delivered; " + waiting(scene.node()));
            audit.readToEnd(DELIVERY_BOUND);
            return new DemoJudgement(readings, audit, alarms, offsetAtCut, sirenSounded(scene))
                    .verdict();
        }
    }

    private void awaitLink(KafkaAudit audit) {
        boolean back =
                Waiting.until(
                        DELIVERY_BOUND,
                        () -> {
                            audit.poll(Duration.ofMillis(10));
                            return audit.arrived().stream()
                                    .anyMatch(each -> each.offset() >= offsetAtCut);
                        });
        event(back ? "link back: the first records arrive" : "the link did NOT come back");
    }

    private boolean delivered(NodeProcess node, KafkaAudit audit) {
        audit.poll(Duration.ofMillis(10));
        try {
            return readings.complete() && NodeMetrics.of(node).waitingRecords() == 0;
        } catch (IOException e) {
            return false; // asked again, and the bound is the caller's
        }
    }

    private static boolean sirenSounded(Scene scene) {
        return scene.site().siren().lines().stream().anyMatch(SirenFile.Switched::on);
    }

    private static String waiting(NodeProcess node) throws IOException {
        NodeMetrics metrics = NodeMetrics.of(node);
        return String.format(
                Locale.ROOT,
                "%d records buffered, %.1f kB",
                metrics.waitingRecords(),
                metrics.waitingBytes() / 1000.0);
    }

    private void event(String what) {
        timeline.event(clock.instant(), what);
    }
}
