package dev.vigil.node.console;

import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A picture of the node at one moment, made on demand; what the page, health and metrics show.
 * Immutable.
 *
 * @param parts what must run, and runs or not: journal, listener, buses
 */
public record NodeStatus(
        String node,
        String description,
        Instant now,
        Instant startedAt,
        List<Sensor> sensors,
        List<Alarm> alarms,
        List<LaneStatus> lanes,
        List<Link> links,
        List<Output> outputs,
        SelfTests selfTests,
        List<Policy> policies,
        Snapshots snapshots,
        Intake intake,
        List<QuarantinedMessage> quarantine,
        List<Part> parts) {

    /**
     * One thing the node consists of.
     *
     * @param name {@code journal}, {@code listener}, {@code bus local}
     * @param needed the node is not ready while it isn't up
     * @param detail where it is, or why it isn't up
     */
    public record Part(String name, boolean up, boolean needed, @Nullable String detail) {}

    /**
     * {@code last} is null until the first reading; {@code stale} when none came for far longer
     * than usual.
     *
     * @param fault why the node could not read it the last time; null for sensors that send by
     *     themselves
     */
    public record Sensor(
            SensorChannel channel, @Nullable Reading last, boolean stale, @Nullable String fault) {
        public Sensor(SensorChannel channel, @Nullable Reading last, boolean stale) {
            this(channel, last, stale, null);
        }
    }

    /**
     * An open incident. {@code state} in the words of ISA-18.2: unacknowledged, latched, and so on.
     */
    public record Alarm(
            String id,
            String zone,
            String title,
            String level,
            String state,
            Instant openedAt,
            Instant changedAt) {}

    /**
     * What waits in one lane.
     *
     * @param records not yet delivered, {@code bytes} on disk, {@code budgetBytes} that may be used
     * @param hoursLeft until the budget is used up at the present rate; null when nothing is coming
     *     in
     * @param dropped records given up, by reason: {@code space} (or damage), {@code thinned} (their
     *     minutes' figures stand for them); each is also a loss record
     * @param writtenBytes written to the lane's files since the start; negative when not known
     */
    public record LaneStatus(
            String lane,
            long records,
            long bytes,
            long budgetBytes,
            double oldestAgeSeconds,
            @Nullable Double hoursLeft,
            Map<String, Long> dropped,
            long writtenBytes) {
        public LaneStatus {
            dropped = Map.copyOf(dropped);
        }

        /** Without those of which something is left. */
        public long droppedRecords() {
            return dropped.entrySet().stream()
                    .filter(reason -> !reason.getKey().equals("thinned"))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    /** {@code state}: up, down, connecting, standby; {@code error} of the last failure. */
    public record Link(
            String name,
            String state,
            Instant since,
            @Nullable String error,
            long deliveredRecords) {}

    /**
     * The node's tests of itself since the start.
     *
     * @param passedAt the last that passed; null when none has
     * @param failure of the last one; null when it passed
     */
    public record SelfTests(
            @Nullable Instant passedAt, long passed, long failed, @Nullable String failure) {}

    /**
     * What makes people notice.
     *
     * @param kind {@code siren}, {@code strobe}
     * @param fault why it doesn't do what it is told; null while it does
     * @param provenAt when its feedback last showed that it was on
     */
    public record Output(
            String id,
            String kind,
            boolean on,
            @Nullable Instant lastOnAt,
            @Nullable String fault,
            @Nullable Instant provenAt) {}

    /**
     * {@code state}: loading, armed, or failed or quarantined with the reason and the built-in rule
     * standing in.
     */
    public record Policy(
            String id,
            String state,
            @Nullable String failure,
            long failures,
            @Nullable PolicyVersion version,
            @Nullable PolicyShadow shadow) {
        public Policy(String id, String state, @Nullable String failure, long failures) {
            this(id, state, failure, failures, null, null);
        }
    }

    /**
     * Which version runs, and which others there are.
     *
     * @param sha256 of the module that runs
     * @param candidate installed and not armed; null when there is none
     * @param previous what a roll back goes to; null when that is the module of site.yaml
     */
    public record PolicyVersion(
            String running, String sha256, @Nullable String candidate, @Nullable String previous) {}

    /**
     * A candidate beside the armed version.
     *
     * @param progress where it is
     * @param difference in alarms, in one line
     * @param differences the first of them
     */
    public record PolicyShadow(
            String progress, @Nullable String difference, List<String> differences) {
        public PolicyShadow {
            differences = List.copyOf(differences);
        }
    }

    /**
     * States of policies since the start.
     *
     * @param written to the disk
     * @param failed could not be written
     * @param skipped newer ones came before they were written
     */
    public record Snapshots(long written, long failed, long skipped) {}

    /**
     * What came in since the start, and what is in hand.
     *
     * @param quarantined messages nobody could read, which were kept as they are
     * @param refused connections refused or ended by the node
     */
    public record Intake(
            long readings,
            long acknowledged,
            long quarantined,
            long refused,
            int inboxSize,
            int inboxCapacity,
            int connections) {}

    public record QuarantinedMessage(String topic, String reason, int payloadLength, Instant at) {}
}
