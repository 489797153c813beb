package dev.vigil.node;

import dev.vigil.forward.Journal;
import dev.vigil.forward.Lane;
import dev.vigil.forward.LaneState;
import dev.vigil.forward.LinkState;
import dev.vigil.node.console.NodeStatus;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.node.ingest.IngestCounters;
import dev.vigil.node.ingest.Quarantine;
import dev.vigil.node.policies.PolicyKeeper;
import dev.vigil.node.site.SensorBus;
import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.watch.Incident;
import dev.vigil.node.watch.Watch;
import dev.vigil.policy.PolicyFailure;
import dev.vigil.policy.PolicyState;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.plausibility.Bounds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gathers what the parts of the node show of themselves into one picture. Any thread. */
final class StatusPicture {
    private final SiteConfig site;
    private final Instant startedAt;
    private final Watch watch;
    private final Inbox inbox;
    private final IngestCounters counters;
    private final Quarantine quarantine;
    private final PolicyKeeper keeper;

    StatusPicture(
            SiteConfig site,
            Instant startedAt,
            Watch watch,
            Inbox inbox,
            IngestCounters counters,
            Quarantine quarantine,
            PolicyKeeper keeper) {
        this.keeper = keeper;
        this.site = site;
        this.startedAt = startedAt;
        this.watch = watch;
        this.inbox = inbox;
        this.counters = counters;
        this.quarantine = quarantine;
    }

    NodeStatus at(
            Instant now,
            @Nullable Journal journal,
            List<LinkState> links,
            List<NodeStatus.Part> parts,
            List<SensorBus.Health> buses) {
        return new NodeStatus(
                site.node(),
                site.description(),
                now,
                startedAt,
                sensors(now, buses),
                alarms(),
                lanes(now, journal),
                links.stream().map(StatusPicture::link).toList(),
                outputs(),
                selfTests(),
                policies(),
                snapshots(),
                intake(),
                quarantine.latest().stream()
                        .map(
                                note ->
                                        new NodeStatus.QuarantinedMessage(
                                                note.topic(),
                                                note.reason(),
                                                note.payloadLength(),
                                                note.at()))
                        .toList(),
                parts);
    }

    private List<NodeStatus.Sensor> sensors(Instant now, List<SensorBus.Health> buses) {
        Map<String, String> faults = new HashMap<>(watch.sensorFaults());
        for (SensorBus.Health health : buses) {
            String fault = health.fault();
            if (fault != null) {
                // More recent than what the pipeline knows of the same.
                health.channels().forEach(channel -> faults.put(channel.id().name(), fault));
            }
        }
        return site.inputs().channels().values().stream()
                .map(
                        channel -> {
                            Reading last = watch.latest(channel);
                            boolean stale = last == null || isStale(channel, last.at(), now);
                            return new NodeStatus.Sensor(
                                    channel, last, stale, faults.get(channel.id().name()));
                        })
                .toList();
    }

    /** As long as the site lets it be silent. */
    private boolean isStale(SensorChannel channel, Instant lastAt, Instant now) {
        Bounds bounds = site.inputs().bounds().get(channel);
        return bounds != null
                && bounds.staleAfter().isPositive()
                && lastAt.plus(bounds.staleAfter()).isBefore(now);
    }

    private List<NodeStatus.Alarm> alarms() {
        return watch.incidents().open().stream().map(StatusPicture::alarm).toList();
    }

    private static NodeStatus.Alarm alarm(Incident incident) {
        return new NodeStatus.Alarm(
                incident.id(),
                incident.zone(),
                incident.cause().code() + " at " + incident.cause().channel().id(),
                incident.level().name(),
                incident.state(),
                incident.openedAt(),
                incident.changedAt());
    }

    private List<NodeStatus.LaneStatus> lanes(Instant now, @Nullable Journal journal) {
        if (journal == null) {
            return List.of();
        }
        List<NodeStatus.LaneStatus> lanes = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            LaneState state = journal.state(lane);
            lanes.add(
                    new NodeStatus.LaneStatus(
                            lane.word(),
                            state.undeliveredRecords(),
                            state.undeliveredBytes(),
                            state.budgetBytes(),
                            state.oldestUndeliveredAt().map(at -> seconds(at, now)).orElse(0.0),
                            hoursLeft(state, now),
                            given(state),
                            state.writtenBytes()));
        }
        return lanes;
    }

    private static Map<String, Long> given(LaneState state) {
        return state.thinnedRecords() == 0
                ? Map.of("space", state.droppedRecords())
                : Map.of("space", state.droppedRecords(), "thinned", state.thinnedRecords());
    }

    /** At the mean rate since the oldest record that waits; null when nothing waits or comes. */
    private static @Nullable Double hoursLeft(LaneState state, Instant now) {
        double age = state.oldestUndeliveredAt().map(at -> seconds(at, now)).orElse(0.0);
        if (age < 1 || state.undeliveredBytes() == 0) {
            return null;
        }
        double bytesPerSecond = state.undeliveredBytes() / age;
        return Math.max(0, state.budgetBytes() - state.undeliveredBytes()) / bytesPerSecond / 3600;
    }

    private static double seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis() / 1000.0);
    }

    private static NodeStatus.Link link(LinkState link) {
        return new NodeStatus.Link(
                link.name(),
                link.status().name().toLowerCase(Locale.ROOT),
                link.since(),
                link.error().orElse(null),
                link.deliveredRecords());
    }

    private List<NodeStatus.Output> outputs() {
        return watch.outputs().stream()
                .map(
                        output ->
                                new NodeStatus.Output(
                                        output.id(),
                                        output.plan().kind().word(),
                                        output.on(),
                                        output.lastOnAt(),
                                        output.fault(),
                                        output.provenAt()))
                .toList();
    }

    private NodeStatus.SelfTests selfTests() {
        Watch.SelfTests tests = watch.selfTests();
        return new NodeStatus.SelfTests(
                tests.passedAt(), tests.passed(), tests.failed(), tests.failure());
    }

    private List<NodeStatus.Policy> policies() {
        Map<String, PolicyKeeper.View> views = keeper.views();
        return watch.policies().stream().map(policy -> policy(policy, views)).toList();
    }

    private static NodeStatus.Policy policy(
            PolicyState policy, Map<String, PolicyKeeper.View> views) {
        PolicyKeeper.View view = views.get(policy.id());
        return new NodeStatus.Policy(
                policy.id(),
                switch (policy.status()) {
                    case RUNNING -> "armed";
                    case QUARANTINED -> "quarantined";
                    case FAILED -> "failed";
                },
                policy.lastFailure().map(PolicyFailure::detail).orElse(null),
                policy.failures(),
                new NodeStatus.PolicyVersion(
                        policy.version(),
                        policy.sha256(),
                        view == null ? null : view.candidate(),
                        view == null ? null : view.previous()),
                view == null || view.shadow() == null
                        ? null
                        : new NodeStatus.PolicyShadow(
                                view.shadow(), view.difference(), view.differences()));
    }

    private NodeStatus.Snapshots snapshots() {
        PolicyKeeper.Snapshots counts = keeper.snapshots();
        return new NodeStatus.Snapshots(counts.written(), counts.failed(), counts.skipped());
    }

    private NodeStatus.Intake intake() {
        return new NodeStatus.Intake(
                watch.readingsTotal(),
                counters.get(IngestCounters.Count.ACKNOWLEDGED),
                counters.quarantinedTotal(),
                counters.refusedTotal(),
                inbox.size(),
                inbox.capacity(),
                counters.connections());
    }
}
