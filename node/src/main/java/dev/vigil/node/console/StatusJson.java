package dev.vigil.node.console;

import dev.vigil.sensor.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The picture as JSON, the shape of {@code /api/status} (node/docs/console.md). Stateless.
 *
 * <p>Ages are in seconds and are computed here: the clock of a phone that looks is another one.
 */
final class StatusJson {
    private StatusJson() {}

    static String of(NodeStatus status) {
        Instant now = status.now();
        Condition condition = Condition.of(status);
        Json json = new Json().open('{');
        json.put("node", status.node()).put("description", status.description());
        json.put("now", now).put("startedAt", status.startedAt());
        json.put("upSeconds", age(status.startedAt(), now));
        json.put("armed", condition.armed());
        texts(json, "missing", condition.missing());
        texts(json, "degraded", condition.degraded());
        array(json, "alarms", status.alarms(), alarm -> alarm(json, alarm, now));
        array(json, "sensors", status.sensors(), sensor -> sensor(json, sensor, now));
        array(json, "lanes", status.lanes(), lane -> lane(json, lane));
        array(json, "links", status.links(), link -> link(json, link, now));
        array(
                json,
                "outputs",
                status.outputs(),
                output ->
                        json.put("id", output.id())
                                .put("kind", output.kind())
                                .put("on", output.on())
                                .put("lastOnAt", output.lastOnAt())
                                .put("fault", output.fault())
                                .put("provenAt", output.provenAt()));
        NodeStatus.SelfTests tests = status.selfTests();
        json.key("selfTest").open('{');
        json.put("passedAt", tests.passedAt())
                .put("ageSeconds", age(tests.passedAt(), now))
                .put("passed", tests.passed())
                .put("failed", tests.failed())
                .put("failure", tests.failure());
        json.close('}');
        array(json, "policies", status.policies(), policy -> policy(json, policy));
        intake(json, status.intake());
        array(
                json,
                "quarantine",
                status.quarantine(),
                message ->
                        json.put("topic", message.topic())
                                .put("reason", message.reason())
                                .put("payloadLength", message.payloadLength())
                                .put("at", message.at())
                                .put("ageSeconds", age(message.at(), now)));
        array(
                json,
                "parts",
                status.parts(),
                part ->
                        json.put("name", part.name())
                                .put("up", part.up())
                                .put("needed", part.needed())
                                .put("detail", part.detail()));
        return json.close('}').toString();
    }

    private static void alarm(Json json, NodeStatus.Alarm alarm, Instant now) {
        json.put("id", alarm.id())
                .put("zone", alarm.zone())
                .put("title", alarm.title())
                .put("level", alarm.level())
                .put("state", alarm.state())
                .put("openedAt", alarm.openedAt())
                .put("changedAt", alarm.changedAt())
                .put("ageSeconds", age(alarm.openedAt(), now));
    }

    private static void policy(Json json, NodeStatus.Policy policy) {
        json.put("id", policy.id())
                .put("state", policy.state())
                .put("failure", policy.failure())
                .put("failures", policy.failures());
        NodeStatus.PolicyVersion version = policy.version();
        if (version != null) {
            json.put("version", version.running())
                    .put("sha256", version.sha256())
                    .put("candidate", version.candidate())
                    .put("previous", version.previous());
        }
        NodeStatus.PolicyShadow shadow = policy.shadow();
        if (shadow != null) {
            json.key("shadow").open('{');
            json.put("progress", shadow.progress()).put("difference", shadow.difference());
            texts(json, "differences", shadow.differences());
            json.close('}');
        }
    }

    private static void sensor(Json json, NodeStatus.Sensor sensor, Instant now) {
        Reading last = sensor.last();
        json.put("id", sensor.channel().id().name())
                .put("zone", sensor.channel().zone())
                .put("quantity", sensor.channel().quantity().senmlName())
                .put("unit", sensor.channel().quantity().unit())
                .put("state", state(sensor))
                .put("fault", sensor.fault())
                .put("value", last == null ? null : (Double) last.value())
                .put("quality", last == null ? null : last.quality().name())
                .put("at", last == null ? null : last.at())
                .put("ageSeconds", last == null ? null : age(last.at(), now));
    }

    /** {@code ok}, {@code stale}, {@code fault}, or {@code waiting} for its first reading. */
    private static String state(NodeStatus.Sensor sensor) {
        if (sensor.fault() != null) {
            return "fault";
        }
        if (sensor.stale()) {
            return "stale";
        }
        return sensor.last() == null ? "waiting" : "ok";
    }

    private static void lane(Json json, NodeStatus.LaneStatus lane) {
        json.put("lane", lane.lane())
                .put("records", lane.records())
                .put("bytes", lane.bytes())
                .put("budgetBytes", lane.budgetBytes())
                .put("oldestAgeSeconds", (Double) lane.oldestAgeSeconds())
                .put("hoursLeft", lane.hoursLeft())
                .put("droppedRecords", lane.droppedRecords());
        json.key("dropped").open('{');
        new TreeMap<>(lane.dropped())
                .forEach((reason, count) -> json.put(reason, count.longValue()));
        json.close('}').put("writtenBytes", lane.writtenBytes());
    }

    private static void link(Json json, NodeStatus.Link link, Instant now) {
        json.put("name", link.name())
                .put("state", link.state())
                .put("since", link.since())
                .put("forSeconds", age(link.since(), now))
                .put("error", link.error())
                .put("deliveredRecords", link.deliveredRecords());
    }

    private static void intake(Json json, NodeStatus.Intake intake) {
        json.key("intake").open('{');
        json.put("readings", intake.readings())
                .put("acknowledged", intake.acknowledged())
                .put("quarantined", intake.quarantined())
                .put("refused", intake.refused())
                .put("inboxSize", intake.inboxSize())
                .put("inboxCapacity", intake.inboxCapacity())
                .put("connections", intake.connections());
        json.close('}');
    }

    private static <T> void array(Json json, String name, List<T> items, Consumer<T> members) {
        json.key(name).open('[');
        for (T item : items) {
            json.open('{');
            members.accept(item);
            json.close('}');
        }
        json.close(']');
    }

    private static void texts(Json json, String name, List<String> texts) {
        json.key(name).open('[');
        texts.forEach(json::add);
        json.close(']');
    }

    /** Seconds with milliseconds; 0 for what a stepped clock has put into the future. */
    private static Double age(@Nullable Instant since, Instant now) {
        return since == null ? 0.0 : Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
    }
}
