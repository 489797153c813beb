package dev.vigil.policy.fires;

import dev.vigil.policy.Batch;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.Verdict;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a shipped policy over columns of a recording, as a node would. Stateless. */
final class Judge {
    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    /** A hazard that was raised, seconds after the recording's zero, on this channel. */
    record Raised(double seconds, String channel, String code) {}

    private Judge() {}

    /**
     * @param columns what is measured, by the channel's name; values in the quantity's unit
     * @throws IllegalStateException when the policy fails: no table is made of stand-ins
     */
    static List<Raised> run(String policy, double[] seconds, Map<String, Column> columns) {
        Map<String, SensorChannel> channels = new LinkedHashMap<>();
        columns.forEach(
                (name, column) ->
                        channels.put(
                                name,
                                new SensorChannel(new SensorId(name), column.quantity(), "room")));
        List<Raised> raised = new ArrayList<>();
        PolicySpec spec = new PolicySpec(policy, policy, List.copyOf(channels.values()), Map.of());
        try (PolicySet set = PolicySet.load(List.of(spec))) {
            for (int row = 0; row < seconds.length; row++) {
                Instant at = START.plusMillis(Math.round(seconds[row] * 1000));
                List<Reading> readings = new ArrayList<>();
                for (Map.Entry<String, SensorChannel> entry : channels.entrySet()) {
                    Column column = columns.get(entry.getKey());
                    if (column != null) {
                        double value = column.values().get(row);
                        readings.add(new Reading(entry.getValue(), value, Quality.GOOD, at));
                    }
                }
                for (Judgement judgement : set.evaluate(new Batch(at, row, readings))) {
                    collect(judgement, raised);
                }
            }
        }
        return raised;
    }

    private static void collect(Judgement judgement, List<Raised> raised) {
        switch (judgement.verdict()) {
            case Verdict.Normal() -> {}
            case Verdict.Hazardous(List<Hazard> hazards) -> {
                for (Hazard hazard : hazards) {
                    if (hazard.change() == Hazard.Change.RAISE) {
                        raised.add(
                                new Raised(
                                        Duration.between(START, hazard.at()).toMillis() / 1000.0,
                                        hazard.channel().id().name(),
                                        hazard.code()));
                    }
                }
            }
            case Verdict.Undecided undecided ->
                    throw new IllegalStateException(undecided.failure().detail());
        }
    }

    /** One measured quantity over time. */
    record Column(Quantity quantity, List<Double> values) {}
}
