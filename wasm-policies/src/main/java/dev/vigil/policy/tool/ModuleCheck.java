package dev.vigil.policy.tool;

import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Whether a node would load a module: the verifier, an instance, one channel. Stateless. */
final class ModuleCheck {
    private ModuleCheck() {}

    /**
     * @throws ToolFailure naming what is wrong
     */
    static void check(Path module) {
        List<SensorChannel> channels =
                Arrays.stream(Quantity.values())
                        .map(
                                quantity ->
                                        new SensorChannel(
                                                new SensorId("check/" + quantity.senmlName()),
                                                quantity,
                                                "check"))
                        .toList();
        PolicySpec spec = new PolicySpec("check", module.toString(), channels, Map.of());
        List<PolicyUnloadable> wrong = PolicySet.check(List.of(Engines.givenWhatItAsks(spec)));
        if (!wrong.isEmpty()) {
            throw ToolFailure.broken(
                    String.valueOf(wrong.getFirst().getMessage())
                            .replaceFirst("^policy check: ", ""));
        }
    }
}
