package dev.vigil.node.console;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * {@code /q/metrics}: the node's own metrics, from one picture for each scrape, in the registry
 * that Micrometer's own go to. Stateless; called by Quarkus' threads.
 *
 * <p>A collector of our own and not Micrometer's meters, because lanes, links and policies are
 * known only when the site is, and because the histograms are counted by the pipeline's thread
 * without Micrometer's locks.
 */
@ApplicationScoped
@SuppressWarnings("deprecation") // the registry Quarkus makes; Micrometer itself moved to another
public class StatusMetrics {
    private final StatusSource source;
    private final Latencies latencies;
    private final GcPauses pauses;
    private final PrometheusMeterRegistry registry;

    @Inject
    StatusMetrics(
            StatusSource source,
            Latencies latencies,
            GcPauses pauses,
            PrometheusMeterRegistry registry) {
        this.source = source;
        this.latencies = latencies;
        this.pauses = pauses;
        this.registry = registry;
    }

    void register(@Observes StartupEvent started) {
        pauses.start();
        registry.getPrometheusRegistry().register(new Families());
    }

    private final class Families extends Collector {
        @Override
        public List<MetricFamilySamples> collect() {
            List<MetricFamilySamples> families = new ArrayList<>();
            source.current().ifPresent(status -> add(status, families));
            families.add(
                    histogram(
                            "vigil_detect_latency_seconds",
                            "From a reading's arrival to its verdict.",
                            latencies.detect()));
            families.add(
                    histogram(
                            "vigil_actuate_latency_seconds",
                            "From a reading's arrival to the output it switched.",
                            latencies.actuate()));
            families.add(
                    histogram(
                            "vigil_selftest_latency_seconds",
                            "From the reading of a self-test to the outputs, of those passed.",
                            latencies.selfTest()));
            families.add(
                    histogram(
                            "vigil_policy_swap_seconds",
                            "From when a policy's new version was ready until it was in place.",
                            latencies.swap()));
            garbageCollection(families);
            return families;
        }
    }

    private static void add(NodeStatus status, List<Collector.MetricFamilySamples> families) {
        lanes(status.lanes(), families);
        links(status, families);
        families.add(
                counter(
                        "vigil_wasm_trap",
                        "Batches a policy could not decide.",
                        "module",
                        status.policies(),
                        NodeStatus.Policy::id,
                        NodeStatus.Policy::failures));
        families.add(
                gauge(
                        "vigil_policy_armed",
                        "1 when the policy itself judges, 0 when the built-in rule does.",
                        "module",
                        status.policies(),
                        NodeStatus.Policy::id,
                        policy -> policy.state().equals("armed") ? 1 : 0));
        snapshots(status.snapshots(), families);
        families.add(
                gauge(
                        "vigil_output_on",
                        "1 while the output is on.",
                        "output",
                        status.outputs(),
                        NodeStatus.Output::id,
                        output -> output.on() ? 1 : 0));
        families.add(
                gauge(
                        "vigil_output_fault",
                        "1 while the output does not do what it is told, or was not seen to.",
                        "output",
                        status.outputs(),
                        NodeStatus.Output::id,
                        output -> output.fault() == null ? 0 : 1));
        selfTests(status, families);
        families.add(gauge("vigil_alarms_open", "Open incidents.", status.alarms().size()));
        families.add(gauge("vigil_sensors", "Channels of the site.", status.sensors().size()));
        families.add(
                gauge(
                        "vigil_sensors_stale",
                        "Channels that have been silent for too long.",
                        (double)
                                status.sensors().stream()
                                        .filter(NodeStatus.Sensor::stale)
                                        .count()));
        families.add(
                gauge(
                        "vigil_sensors_faulty",
                        "Channels the node could not read the last time.",
                        (double) status.sensors().stream().filter(s -> s.fault() != null).count()));
        families.add(
                gauge(
                        "vigil_armed",
                        "1 when the node is ready: it judges and keeps what comes in.",
                        Condition.of(status).armed() ? 1 : 0));
        families.add(
                gauge(
                        "vigil_up_seconds",
                        "Time since the node was put together.",
                        seconds(Duration.between(status.startedAt(), status.now()))));
        intake(status.intake(), families);
    }

    private static void selfTests(NodeStatus status, List<Collector.MetricFamilySamples> families) {
        NodeStatus.SelfTests tests = status.selfTests();
        Instant since = tests.passedAt() == null ? status.startedAt() : tests.passedAt();
        families.add(
                gauge(
                        "vigil_selftest_age_seconds",
                        "Since the node last passed a test of itself, or since its start.",
                        seconds(Duration.between(since, status.now()))));
        families.add(
                counter("vigil_selftest_passed", "Tests of itself it passed.", tests.passed()));
        families.add(
                counter("vigil_selftest_failed", "Tests of itself it failed.", tests.failed()));
        families.add(
                gauge(
                        "vigil_output_proven_age_seconds",
                        "Since the output's feedback last showed that it was on.",
                        "output",
                        status.outputs().stream().filter(o -> o.provenAt() != null).toList(),
                        NodeStatus.Output::id,
                        output ->
                                seconds(
                                        Duration.between(
                                                Objects.requireNonNull(output.provenAt()),
                                                status.now()))));
    }

    private static void snapshots(
            NodeStatus.Snapshots snapshots, List<Collector.MetricFamilySamples> families) {
        families.add(
                counter(
                        "vigil_policy_snapshots_written",
                        "States of policies written down.",
                        snapshots.written()));
        families.add(
                counter(
                        "vigil_policy_snapshots_failed",
                        "States of policies that could not be written down.",
                        snapshots.failed()));
        families.add(
                counter(
                        "vigil_policy_snapshots_skipped",
                        "States of policies that newer ones took the place of before they were written.",
                        snapshots.skipped()));
    }

    private static void lanes(
            List<NodeStatus.LaneStatus> lanes, List<Collector.MetricFamilySamples> families) {
        Function<NodeStatus.LaneStatus, String> name = NodeStatus.LaneStatus::lane;
        families.add(
                gauge(
                        "vigil_buffer_records",
                        "Records not yet delivered.",
                        "lane",
                        lanes,
                        name,
                        NodeStatus.LaneStatus::records));
        families.add(
                gauge(
                        "vigil_buffer_bytes",
                        "Bytes of the lane on disk.",
                        "lane",
                        lanes,
                        name,
                        NodeStatus.LaneStatus::bytes));
        families.add(
                gauge(
                        "vigil_buffer_budget_bytes",
                        "Bytes the lane may have on disk.",
                        "lane",
                        lanes,
                        name,
                        NodeStatus.LaneStatus::budgetBytes));
        families.add(
                gauge(
                        "vigil_buffer_oldest_age_seconds",
                        "Age of the oldest record not yet delivered.",
                        "lane",
                        lanes,
                        name,
                        NodeStatus.LaneStatus::oldestAgeSeconds));
        families.add(
                gauge(
                        "vigil_buffer_hours_left",
                        "Hours until the budget is used up at the present rate; infinite while nothing waits.",
                        "lane",
                        lanes,
                        name,
                        lane -> {
                            Double hours = lane.hoursLeft();
                            return hours == null ? Double.POSITIVE_INFINITY : hours;
                        }));
        families.add(
                counter(
                        "vigil_flash_written_bytes",
                        "Bytes written to the lane's files.",
                        "lane",
                        lanes.stream().filter(lane -> lane.writtenBytes() >= 0).toList(),
                        name,
                        NodeStatus.LaneStatus::writtenBytes));
        families.add(dropped(lanes));
    }

    private static Collector.MetricFamilySamples dropped(List<NodeStatus.LaneStatus> lanes) {
        List<Collector.MetricFamilySamples.Sample> samples = new ArrayList<>();
        for (NodeStatus.LaneStatus lane : lanes) {
            new TreeMap<>(lane.dropped())
                    .forEach(
                            (reason, count) ->
                                    samples.add(
                                            new Collector.MetricFamilySamples.Sample(
                                                    "vigil_dropped_total",
                                                    List.of("lane", "reason"),
                                                    List.of(lane.lane(), reason),
                                                    count)));
        }
        return family(
                "vigil_dropped",
                Collector.Type.COUNTER,
                "Records given up; each is also in the loss ledger.",
                samples);
    }

    private static void links(NodeStatus status, List<Collector.MetricFamilySamples> families) {
        List<NodeStatus.Link> links = status.links();
        families.add(
                gauge(
                        "vigil_link_up",
                        "1 while the link to the centre is up.",
                        "link",
                        links,
                        NodeStatus.Link::name,
                        link -> link.state().equals("up") ? 1 : 0));
        families.add(
                gauge(
                        "vigil_offline_duration_seconds",
                        "How long the link has been down; 0 while it is up or stands by.",
                        "link",
                        links,
                        NodeStatus.Link::name,
                        link ->
                                link.state().equals("up") || link.state().equals("standby")
                                        ? 0
                                        : seconds(Duration.between(link.since(), status.now()))));
        families.add(
                counter(
                        "vigil_delivered_records",
                        "Records the centre has.",
                        "link",
                        links,
                        NodeStatus.Link::name,
                        NodeStatus.Link::deliveredRecords));
    }

    private static void intake(
            NodeStatus.Intake intake, List<Collector.MetricFamilySamples> families) {
        families.add(counter("vigil_readings", "Readings that came in.", intake.readings()));
        families.add(
                counter(
                        "vigil_acknowledged",
                        "Messages acknowledged, each durable before.",
                        intake.acknowledged()));
        families.add(
                counter(
                        "vigil_quarantined",
                        "Messages nobody could read, kept as they are.",
                        intake.quarantined()));
        families.add(
                counter(
                        "vigil_refused",
                        "Connections refused or ended by the node.",
                        intake.refused()));
        families.add(gauge("vigil_inbox_size", "Messages to be judged.", intake.inboxSize()));
        families.add(
                gauge("vigil_inbox_capacity", "Messages the inbox holds.", intake.inboxCapacity()));
        families.add(
                gauge("vigil_connections", "MQTT connections of sensors.", intake.connections()));
    }

    private static Collector.MetricFamilySamples histogram(
            String name, String help, LatencyHistogram histogram) {
        LatencyHistogram.Snapshot snapshot = histogram.snapshot();
        List<Collector.MetricFamilySamples.Sample> samples = new ArrayList<>();
        buckets(
                samples,
                new Series(name, List.of(), List.of()),
                snapshot.boundsSeconds(),
                snapshot.counts(),
                snapshot.sumSeconds());
        return new Collector.MetricFamilySamples(name, Collector.Type.HISTOGRAM, help, samples);
    }

    /** A metric and the labels that tell it from others of its name. */
    private record Series(String name, List<String> labels, List<String> values) {
        Collector.MetricFamilySamples.Sample sample(String suffix, double value) {
            return new Collector.MetricFamilySamples.Sample(name + suffix, labels, values, value);
        }

        Collector.MetricFamilySamples.Sample bucket(double bound, double value) {
            return new Collector.MetricFamilySamples.Sample(
                    name + "_bucket",
                    with(labels, "le"),
                    with(values, Collector.doubleToGoString(bound)),
                    value);
        }

        private static List<String> with(List<String> some, String more) {
            List<String> all = new ArrayList<>(some);
            all.add(more);
            return all;
        }
    }

    /**
     * @param counts of each bucket alone
     */
    private static void buckets(
            List<Collector.MetricFamilySamples.Sample> samples,
            Series series,
            double[] boundsSeconds,
            long[] counts,
            double sumSeconds) {
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            below += counts[i];
            samples.add(series.bucket(boundsSeconds[i], (double) below));
        }
        samples.add(series.sample("_count", (double) below));
        samples.add(series.sample("_sum", sumSeconds));
    }

    private void garbageCollection(List<Collector.MetricFamilySamples> families) {
        String name = "vigil_gc_pause_seconds";
        List<GcPauses.Pauses> collectors = pauses.now();
        List<Collector.MetricFamilySamples.Sample> samples = new ArrayList<>();
        for (GcPauses.Pauses collector : collectors) {
            PauseHistogram.Snapshot snapshot = collector.snapshot();
            buckets(
                    samples,
                    new Series(name, List.of("collector"), List.of(collector.collector())),
                    snapshot.boundsSeconds(),
                    snapshot.counts(),
                    snapshot.sumSeconds());
        }
        families.add(
                new Collector.MetricFamilySamples(
                        name,
                        Collector.Type.HISTOGRAM,
                        "Pauses for garbage collection, to a millisecond.",
                        samples));
        families.add(
                gauge(
                        "vigil_gc_pause_longest_seconds",
                        "The longest of them since the start.",
                        "collector",
                        collectors,
                        GcPauses.Pauses::collector,
                        collector -> collector.snapshot().longestSeconds()));
    }

    private static <T> Collector.MetricFamilySamples gauge(
            String name,
            String help,
            String label,
            List<T> items,
            Function<T, String> labelValue,
            ToDoubleFunction<T> value) {
        return family(
                name,
                Collector.Type.GAUGE,
                help,
                items.stream()
                        .map(item -> sample(name, label, labelValue.apply(item), value, item))
                        .toList());
    }

    private static <T> Collector.MetricFamilySamples counter(
            String name,
            String help,
            String label,
            List<T> items,
            Function<T, String> labelValue,
            ToDoubleFunction<T> value) {
        return family(
                name,
                Collector.Type.COUNTER,
                help,
                items.stream()
                        .map(
                                item ->
                                        sample(
                                                name + "_total",
                                                label,
                                                labelValue.apply(item),
                                                value,
                                                item))
                        .toList());
    }

    private static Collector.MetricFamilySamples gauge(String name, String help, double value) {
        return family(name, Collector.Type.GAUGE, help, List.of(sample(name, value)));
    }

    private static Collector.MetricFamilySamples counter(String name, String help, long value) {
        return family(
                name,
                Collector.Type.COUNTER,
                help,
                List.of(sample(name + "_total", (double) value)));
    }

    private static Collector.MetricFamilySamples family(
            String name,
            Collector.Type type,
            String help,
            List<Collector.MetricFamilySamples.Sample> samples) {
        return new Collector.MetricFamilySamples(name, type, help, samples);
    }

    private static Collector.MetricFamilySamples.Sample sample(String name, double value) {
        return new Collector.MetricFamilySamples.Sample(name, List.of(), List.of(), value);
    }

    private static <T> Collector.MetricFamilySamples.Sample sample(
            String name, String label, String labelValue, ToDoubleFunction<T> value, T item) {
        return new Collector.MetricFamilySamples.Sample(
                name, List.of(label), List.of(labelValue), value.applyAsDouble(item));
    }

    private static double seconds(Duration duration) {
        return Math.max(0, duration.toMillis() / 1000.0);
    }
}
