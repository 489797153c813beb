package dev.vigil.node.console;

import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A picture of the node at one moment, made on demand; what the page, health and metrics show. */
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
        List<Policy> policies,
        Intake intake,
        List<QuarantinedMessage> quarantine) {

    /**
     * {@code last} is null until the first reading; {@code stale} when none came for far longer
     * than usual.
     */
    public record Sensor(SensorChannel channel, @Nullable Reading last, boolean stale) {}

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
     */
    public record LaneStatus(
            String lane,
            long records,
            long bytes,
            long budgetBytes,
            double oldestAgeSeconds,
            @Nullable Double hoursLeft,
            long droppedRecords) {}

    /** {@code state}: up, down, connecting; {@code error} of the last failure. */
    public record Link(
            String name,
            String state,
            Instant since,
            @Nullable String error,
            long deliveredRecords) {}

    public record Output(String id, boolean on, @Nullable Instant lastOnAt) {}

    /** {@code state}: armed, or failed with the reason and the built-in rule standing in. */
    public record Policy(String id, String state, @Nullable String failure, long failures) {}

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
