package dev.vigil.node.console;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a picture of the node means: is it armed, and what would a technician look after. Immutable.
 *
 * @param armed it judges what comes in and keeps it; a link that is down doesn't matter
 * @param missing why it is not armed
 * @param degraded what works less well than it should
 */
record Condition(boolean armed, List<String> missing, List<String> degraded) {
    private static final double HOURS_LEFT_LOW = 1;

    static Condition of(NodeStatus status) {
        List<String> missing = new ArrayList<>();
        List<String> degraded = new ArrayList<>();
        for (NodeStatus.Part part : status.parts()) {
            if (!part.up()) {
                (part.needed() ? missing : degraded)
                        .add(part.name() + ": " + said(part.detail(), "is not up"));
            }
        }
        for (NodeStatus.Policy policy : status.policies()) {
            if (policy.state().equals("loading")) {
                missing.add("policy %s: still loading".formatted(policy.id()));
            } else if (!policy.state().equals("armed")) {
                degraded.add(
                        "policy %s: %s; the built-in rule watches"
                                .formatted(policy.id(), said(policy.failure(), policy.state())));
            }
        }
        for (NodeStatus.Link link : status.links()) {
            if (!link.state().equals("up") && !link.state().equals("standby")) {
                degraded.add(
                        "link %s: %s".formatted(link.name(), said(link.error(), link.state())));
            }
        }
        for (NodeStatus.LaneStatus lane : status.lanes()) {
            Double hours = lane.hoursLeft();
            if (hours != null && hours < HOURS_LEFT_LOW) {
                degraded.add("lane %s: less than an hour of room left".formatted(lane.lane()));
            }
            if (lane.droppedRecords() > 0) {
                degraded.add(
                        "lane %s: %d records given up"
                                .formatted(lane.lane(), lane.droppedRecords()));
            }
        }
        long stale = status.sensors().stream().filter(NodeStatus.Sensor::stale).count();
        if (stale > 0) {
            degraded.add("sensors silent: %d of %d".formatted(stale, status.sensors().size()));
        }
        long faulty = status.sensors().stream().filter(s -> s.fault() != null).count();
        if (faulty > 0) {
            degraded.add("sensors at fault: %d of %d".formatted(faulty, status.sensors().size()));
        }
        return new Condition(missing.isEmpty(), List.copyOf(missing), List.copyOf(degraded));
    }

    private static String said(@Nullable String detail, String otherwise) {
        return detail == null || detail.isEmpty() ? otherwise : detail;
    }
}
