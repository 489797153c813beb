package dev.vigil.trials;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** What is measured of one side of the comparison, part by part. Owned by one thread. */
final class ComparisonRun {
    static final int STARTS = 9;
    static final int BACKLOG = 1_000_000;
    static final int PER_SECOND = 20_000;

    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration BACKLOG_BOUND = Duration.ofMinutes(5);

    private final Workplace place;
    private final String name;
    private final List<String> command;
    private final Started started;
    private final PrintStream progress;
    private final InstantSource clock;

    /** All figures of one side. */
    record Figures(
            long armedMillis,
            long armedCpuMillis,
            Footprint idle,
            BenchRun.Rate durable,
            Footprint loaded,
            Footprint backlog,
            Footprint backlogAnew,
            long backlogArmedMillis,
            LongLoad longLoad) {}

    /** Minutes of load at a fixed rate. */
    record LongLoad(double perSecond, Percentiles siren, String pauses, Duration cpu) {}

    /** The node after its backlog, and started again on it. */
    record Backlog(Footprint after, Footprint anew, Duration armed) {}

    private record Durable(BenchRun.Rate rate, Footprint footprint) {}

    ComparisonRun(
            Workplace place,
            String name,
            List<String> command,
            Started started,
            PrintStream progress,
            InstantSource clock) {
        this.place = place;
        this.name = name;
        this.command = command;
        this.started = started;
        this.progress = progress;
        this.clock = clock;
    }

    Figures run(Duration load) throws IOException {
        List<Long> armed = new ArrayList<>();
        List<Long> cpu = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            try (NodeProcess node = start("start-" + i, BenchRun.plan(true), armed, cpu)) {
                node.awaitReady(SETTLED);
            }
        }
        Footprint idle = idle();
        Durable durable = durable();
        Backlog backlog = backlog();
        return new Figures(
                median(armed),
                median(cpu),
                idle,
                durable.rate(),
                durable.footprint(),
                backlog.after(),
                backlog.anew(),
                backlog.armed().toMillis(),
                longLoad(load));
    }

    /** Ten seconds after its start, nobody connected, link down. */
    Footprint idle() throws IOException {
        say("idle");
        try (NodeProcess node =
                start("idle", offline(BenchRun.plan(true)), new ArrayList<>(), new ArrayList<>())) {
            return settled(node);
        }
    }

    private Durable durable() throws IOException {
        say("durable readings a second, two policies, link down");
        Workplace here = folder("durable");
        TrialSite site = offline(BenchRun.plan(true)).write(here);
        try (NodeProcess node = start(site, here).node();
                Load load = Load.flatOut(site.mqttPort(), BenchRun.CONNECTIONS, BenchRun.WINDOW)) {
            BenchRun.Rate rate = BenchRun.measure(load);
            return new Durable(rate, Footprint.of(node));
        }
    }

    /** Ten policies and a million readings that can't leave. */
    Backlog backlog() throws IOException {
        say("a backlog of %,d readings, ten policies".formatted(BACKLOG));
        Workplace here = folder("backlog");
        TrialSite site = offline(BenchRun.tenPolicies()).write(here);
        Footprint after;
        try (NodeProcess node = start(site, here).node()) {
            try (Load load = Load.flatOut(site.mqttPort(), BenchRun.CONNECTIONS, BenchRun.WINDOW)) {
                Waiting.require(
                        BACKLOG_BOUND,
                        () -> load.acknowledgedTotal() >= BACKLOG,
                        () -> "%,d acknowledged".formatted(load.acknowledgedTotal()));
            }
            after = settled(node);
            requireBacklog(node);
        }
        Files.delete(here.file("node.log"));
        NodeStart anew = start(site, here);
        try (NodeProcess node = anew.node()) {
            Footprint footprint = settled(node);
            requireBacklog(node);
            return new Backlog(after, footprint, anew.untilArmed());
        }
    }

    private static void requireBacklog(NodeProcess node) throws IOException {
        long waiting = NodeMetrics.of(node).waitingRecords();
        if (waiting < BACKLOG) {
            throw new TrialFailure(
                    "only %,d readings wait on disk: %s".formatted(waiting, node.logTail(20)));
        }
    }

    private LongLoad longLoad(Duration duration) throws IOException {
        say(
                "%d minutes of %,d readings a second, alarms meanwhile"
                        .formatted(duration.toMinutes(), PER_SECOND));
        Workplace here = folder("long");
        TrialSite site = BenchRun.plan(true).write(here);
        try (NodeProcess node = start(site, here).node();
                Load load = Load.paced(site.mqttPort(), PER_SECOND)) {
            long began = System.nanoTime();
            Percentiles siren =
                    new SirenProbe(site, node, clock, duration.dividedBy(SirenProbe.ROOMS)).run();
            while (System.nanoTime() - began < duration.toNanos()) {
                load.measure(LOOK);
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            double perSecond = load.acknowledgedTotal() / seconds;
            return new LongLoad(perSecond, siren, pauses(node), cpu(node));
        }
    }

    private static String pauses(NodeProcess node) throws IOException {
        NodeMetrics metrics = NodeMetrics.of(node);
        return "%.0f ms; %.0f; %.1f s"
                .formatted(
                        1e3 * metrics.most("vigil_gc_pause_longest_seconds"),
                        metrics.sum("vigil_gc_pause_seconds_count", ""),
                        metrics.sum("vigil_gc_pause_seconds_sum", ""));
    }

    private static Duration cpu(NodeProcess node) {
        return ProcessHandle.of(node.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /** A Kafka that nobody is: a port that was free a moment ago. */
    private static TrialSite.Plan offline(TrialSite.Plan plan) {
        return plan.kafka("127.0.0.1:" + Workplace.freePorts(1).getFirst());
    }

    private static Footprint settled(NodeProcess node) throws IOException {
        Waiting.untilNanoTime(System.nanoTime() + SETTLED.toNanos());
        return Footprint.of(node);
    }

    private NodeProcess start(
            String folder, TrialSite.Plan plan, List<Long> armedMillis, List<Long> cpuMillis)
            throws IOException {
        Workplace here = folder(folder);
        NodeStart start = start(plan.write(here), here);
        armedMillis.add(start.untilArmed().toMillis());
        cpuMillis.add(start.cpu().toMillis());
        return start.node();
    }

    private NodeStart start(TrialSite site, Workplace here) {
        return NodeStart.of(
                () ->
                        started.node(
                                () ->
                                        NodeProcess.startAs(
                                                command,
                                                site.file(),
                                                site.pagePort(),
                                                here.file("node.log"))),
                clock);
    }

    private Workplace folder(String part) throws IOException {
        return new Workplace(place.root(), Files.createDirectories(place.file(name).resolve(part)));
    }

    static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private void say(String what) {
        progress.println("  ... %s: %s".formatted(name, what));
        progress.flush();
    }
}
