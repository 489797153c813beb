package dev.vigil.node.console;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hand-made pictures of a node. */
final class Pictures {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private Pictures() {}

    /** Everything works. */
    static NodeStatus calm() {
        return picture(
                List.of(
                        sensor("kitchen", Quantity.TEMPERATURE, 22.25, Quality.GOOD, null),
                        sensor("kitchen", Quantity.OBSCURATION, 0.004, Quality.GOOD, null),
                        sensor("kitchen", Quantity.CARBON_MONOXIDE, 2.1e-6, Quality.GOOD, null)),
                List.of(),
                new NodeStatus.Link("kafka", "up", NOW.minusSeconds(7_200), null, 1_234_567),
                new NodeStatus.Policy("heat", "armed", null, 0),
                List.of());
    }

    /** A fire while the link is down, with all that can be wrong. */
    static NodeStatus fire() {
        List<NodeStatus.Sensor> sensors = new ArrayList<>(calm().sensors());
        sensors.add(sensor("hall", Quantity.TEMPERATURE, 71.5, Quality.UNCERTAIN, null));
        sensors.add(
                sensor(
                        "hall",
                        Quantity.CARBON_MONOXIDE,
                        0,
                        Quality.BAD,
                        "CRC of the sample is wrong"));
        sensors.add(new NodeStatus.Sensor(channel("attic", Quantity.TEMPERATURE), null, false));
        sensors.add(
                new NodeStatus.Sensor(
                        channel("attic", Quantity.HUMIDITY),
                        new Reading(
                                channel("attic", Quantity.HUMIDITY),
                                40,
                                Quality.GOOD,
                                NOW.minusSeconds(4_000)),
                        true));
        return picture(
                sensors,
                List.of(
                        new NodeStatus.Alarm(
                                "i-1",
                                "hall",
                                "Heat, 71.5 Cel",
                                "EXTREME",
                                "unacknowledged",
                                NOW.minusSeconds(75),
                                NOW.minusSeconds(5)),
                        new NodeStatus.Alarm(
                                "i-2",
                                "kitchen",
                                "Smoke pre-warning",
                                "MINOR",
                                "latched",
                                NOW.minusSeconds(300),
                                NOW.minusSeconds(100))),
                new NodeStatus.Link(
                        "kafka", "down", NOW.minusSeconds(600), "no broker answers", 1_234_567),
                new NodeStatus.Policy("heat", "failed", "TRAP: out of bounds", 3),
                List.of(
                        new NodeStatus.QuarantinedMessage(
                                "vigil/readings/<script>alert(1)</script>/t",
                                "'<img src=x onerror=alert(1)>' is no number",
                                29,
                                NOW.minusSeconds(8))));
    }

    /** With two hundred sensors in ten zones. */
    static NodeStatus large() {
        List<NodeStatus.Sensor> sensors = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            SensorChannel channel =
                    new SensorChannel(
                            new SensorId("pier-%d/strain-%d".formatted(i / 20, i)),
                            Quantity.STRAIN,
                            "pier-" + i / 20);
            sensors.add(
                    new NodeStatus.Sensor(
                            channel, new Reading(channel, i * 1e-6, Quality.GOOD, NOW), false));
        }
        NodeStatus calm = calm();
        return picture(
                sensors, List.of(), calm.links().getFirst(), calm.policies().getFirst(), List.of());
    }

    static SensorChannel channel(String zone, Quantity quantity) {
        return new SensorChannel(new SensorId(zone + "/" + quantity.senmlName()), quantity, zone);
    }

    static NodeStatus withParts(NodeStatus status, NodeStatus.Part... parts) {
        return new NodeStatus(
                status.node(),
                status.description(),
                status.now(),
                status.startedAt(),
                status.sensors(),
                status.alarms(),
                status.lanes(),
                status.links(),
                status.outputs(),
                status.selfTests(),
                status.policies(),
                status.snapshots(),
                status.intake(),
                status.quarantine(),
                List.of(parts));
    }

    private static NodeStatus.Sensor sensor(
            String zone, Quantity quantity, double value, Quality quality, @Nullable String fault) {
        SensorChannel channel = channel(zone, quantity);
        return new NodeStatus.Sensor(
                channel,
                new Reading(channel, value, quality, NOW.minusMillis(1_500)),
                false,
                fault);
    }

    private static NodeStatus picture(
            List<NodeStatus.Sensor> sensors,
            List<NodeStatus.Alarm> alarms,
            NodeStatus.Link link,
            NodeStatus.Policy policy,
            List<NodeStatus.QuarantinedMessage> quarantine) {
        boolean up = link.state().equals("up");
        return new NodeStatus(
                "gw-01",
                "Station 4, engine hall",
                NOW,
                NOW.minusSeconds(90_000),
                sensors,
                alarms,
                List.of(
                        new NodeStatus.LaneStatus(
                                "alarm",
                                up ? 0 : 3,
                                81_920,
                                64L << 20,
                                up ? 0 : 75,
                                null,
                                Map.of(),
                                12_345),
                        new NodeStatus.LaneStatus(
                                "history",
                                up ? 12 : 48_211,
                                up ? 40_960 : 1_310_720_000L,
                                2L << 30,
                                up ? 0.4 : 600,
                                up ? 812.5 : 0.75,
                                up ? Map.of() : Map.of("space", 17L),
                                987_654_321)),
                List.of(link),
                List.of(
                        new NodeStatus.Output(
                                "siren",
                                "siren",
                                !up,
                                up ? null : NOW.minusSeconds(75),
                                null,
                                null)),
                new NodeStatus.SelfTests(NOW.minusSeconds(4), 360, up ? 0 : 1, null),
                List.of(policy, new NodeStatus.Policy("smoke", "armed", null, 0)),
                new NodeStatus.Snapshots(36_000, 2, 5),
                new NodeStatus.Intake(5_000_123, 4_000_000, quarantine.size(), 2, 5, 8_192, 42),
                quarantine,
                List.of(
                        new NodeStatus.Part("journal", true, true, null),
                        new NodeStatus.Part("listener", true, true, "mqtt://127.0.0.1:1883")));
    }
}
