package dev.vigil.trials;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.Lane;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The benchmark, part by part; each part is bounded in time. Owned by one thread. */
final class BenchRun {
    static final int CONNECTIONS = 4;
    static final int WINDOW = 1_000;

    private static final Duration READY_BOUND = Duration.ofSeconds(30);
    private static final Duration WARM_UP = Duration.ofSeconds(6);
    private static final Duration SLICE = Duration.ofSeconds(4);
    private static final int SLICES = 3;
    private static final Duration PROBE_PAUSE = Duration.ofMillis(10);
    private static final Duration DRAIN_BOUND = Duration.ofMinutes(2);

    private final Workplace place;
    private final Started started;
    private final PrintStream progress;
    private final InstantSource clock;

    /** Acknowledged readings a second: the middle of a few slices, and the least and the most. */
    record Rate(double least, double middle, double most) {
        static Rate of(List<Double> slices) {
            List<Double> sorted = slices.stream().sorted().toList();
            return new Rate(sorted.getFirst(), sorted.get(sorted.size() / 2), sorted.getLast());
        }

        String text() {
            return String.format(Locale.ROOT, "%,.0f (%,.0f to %,.0f)", middle, least, most);
        }
    }

    /**
     * Durable ingest in an outage, and the backlog's way to Kafka afterwards.
     *
     * @param drainPerSecond records a second to Kafka, nothing else going on
     */
    record Outage(
            Rate durable,
            long records,
            double diskBytesPerRecord,
            double wireBytesPerRecord,
            double drainPerSecond) {}

    BenchRun(Workplace place, Started started, PrintStream progress, InstantSource clock) {
        this.place = place;
        this.started = started;
        this.progress = progress;
        this.clock = clock;
    }

    /** Both policies armed, Kafka away; then Kafka comes back and the load has ended. */
    Outage outage() throws IOException {
        say("durable readings a second, two policies, link down");
        KafkaBroker broker = started.add(KafkaBroker.startIn(place.file("kafka")));
        broker.createTopic(KafkaAudit.TOPIC, 1);
        broker.stop();
        Workplace here = folder("outage");
        TrialSite site = plan(true).kafka(broker.bootstrapServers()).write(here);
        try (NodeProcess node = node(site, here)) {
            Loaded loaded = load(site);
            long records = loaded.acknowledged();
            long disk = bytesOf(site.journal());
            say("backlog of %,d records to Kafka".formatted(records));
            broker.start();
            double drain = drain(node, records);
            try (KafkaAudit audit =
                    KafkaAudit.countingOnly(broker.bootstrapServers(), KafkaAudit.TOPIC)) {
                audit.readToEnd(DRAIN_BOUND);
                broker.stop();
                if (audit.records(Lane.HISTORY) < records || !audit.faults().isEmpty()) {
                    throw new TrialFailure(
                            "%d readings acknowledged, %d at Kafka %s: no figure counts"
                                    .formatted(
                                            records, audit.records(Lane.HISTORY), audit.faults()));
                }
                return new Outage(
                        loaded.rate(),
                        records,
                        (double) disk / records,
                        (double) audit.bodyBytes() / audit.records(Lane.HISTORY),
                        drain);
            }
        }
    }

    private record Loaded(Rate rate, long acknowledged) {}

    /** Returns when all that was sent is acknowledged. */
    private static Loaded load(TrialSite site) throws IOException {
        Load load = Load.flatOut(site.mqttPort(), CONNECTIONS, WINDOW);
        Rate rate;
        try (load) {
            rate = measure(load);
        }
        return new Loaded(rate, load.acknowledgedTotal());
    }

    /** From the first record that leaves to the last. */
    private double drain(NodeProcess node, long records) throws IOException {
        long[] first = {records};
        Waiting.require(
                DRAIN_BOUND,
                () -> {
                    first[0] = waiting(node);
                    return first[0] < records;
                },
                () -> "no record leaves:\n" + node.logTail(20));
        long began = System.nanoTime();
        Waiting.require(
                DRAIN_BOUND,
                () -> waiting(node) == 0,
                () -> "%d records still wait".formatted(waiting(node)));
        return first[0] / ((System.nanoTime() - began) / 1e9);
    }

    /** The same load without policies. */
    Rate withoutPolicies() throws IOException {
        say("the same without policies");
        Workplace here = folder("no-policies");
        TrialSite site = plan(false).write(here);
        try (NodeProcess _ = node(site, here);
                Load load = Load.flatOut(site.mqttPort(), CONNECTIONS, WINDOW)) {
            return measure(load);
        }
    }

    /** The same load on mosquitto, which does not sync; empty when it is not installed. */
    Optional<Rate> mosquitto() throws IOException {
        say("mosquitto, which acknowledges without writing down, as a yardstick");
        Optional<Mosquitto> broker = Mosquitto.start(folder("mosquitto").folder());
        if (broker.isEmpty()) {
            return Optional.empty();
        }
        try (Mosquitto mosquitto = broker.get();
                Load load = Load.flatOut(mosquitto.port(), CONNECTIONS, WINDOW)) {
            return Optional.of(measure(load));
        }
    }

    /** Publish to siren among {@code perSecond} other readings. */
    Percentiles siren(int perSecond) throws IOException {
        say("publish to siren among %,d readings a second".formatted(perSecond));
        Workplace here = folder("siren-" + perSecond);
        TrialSite site = plan(true).write(here);
        try (NodeProcess node = node(site, here);
                Load load = Load.paced(site.mqttPort(), perSecond)) {
            double rate = load.measure(WARM_UP);
            if (rate < 0.9 * perSecond) {
                throw new TrialFailure(
                        "only %.0f of %d readings a second were acknowledged"
                                .formatted(rate, perSecond));
            }
            return new SirenProbe(site, node, clock, PROBE_PAUSE).run();
        }
    }

    /** The bench's rooms with ten policies: five of each. */
    static TrialSite.Plan tenPolicies() {
        TrialSite.Plan plan = plan(false);
        for (int i = 0; i < 5; i++) {
            plan.policyAs("heat-" + i, "heat", List.of("all"));
            plan.policyAs("smoke-" + i, "smoke", rooms());
        }
        return plan;
    }

    static TrialSite.Plan plan(boolean policies) {
        TrialSite.Plan plan =
                new TrialSite.Plan("bench")
                        .numberTopic("load/+/+", "{1}/{2}")
                        .numberTopic("probe/+/+", "probe-{1}/{2}");
        for (int room = 0; room < LoadMessages.ROOMS; room++) {
            String zone = "room-" + room;
            plan.sensor(zone + "/temperature", "temperature", zone);
            plan.sensor(zone + "/obsc_per_m", "obsc_per_m", zone);
        }
        for (int room = 0; room < SirenProbe.ROOMS; room++) {
            String zone = "probe-room-" + room;
            plan.sensor(zone + "/temperature", "temperature", zone);
        }
        if (policies) {
            plan.policy("heat");
            plan.policyOn("smoke", rooms());
        }
        return plan;
    }

    private static List<String> rooms() {
        List<String> rooms = new ArrayList<>();
        for (int room = 0; room < LoadMessages.ROOMS; room++) {
            rooms.add("room-" + room);
        }
        return rooms;
    }

    static Rate measure(Load load) {
        load.measure(WARM_UP);
        List<Double> slices = new ArrayList<>();
        for (int i = 0; i < SLICES; i++) {
            slices.add(load.measure(SLICE));
        }
        return Rate.of(slices);
    }

    private NodeProcess node(TrialSite site, Workplace here) {
        return started.node(
                        () ->
                                NodeProcess.start(
                                        site.file(), site.pagePort(), here.file("node.log")))
                .awaitReady(READY_BOUND);
    }

    private Workplace folder(String name) throws IOException {
        return new Workplace(place.root(), Files.createDirectories(place.file(name)));
    }

    private static long waiting(NodeProcess node) {
        try {
            return NodeMetrics.of(node).waitingRecords();
        } catch (IOException e) {
            return Long.MAX_VALUE; // asked again
        }
    }

    static long bytesOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private void say(String what) {
        progress.println("  ... " + what);
        progress.flush();
    }
}
