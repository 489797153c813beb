package dev.vigil.node.policies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.vigil.node.watch.PolicyGate;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.SiteModules;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyKeeperTest {
    private static final SensorChannel HALL =
            new SensorChannel(new SensorId("hall"), Quantity.TEMPERATURE, "hall");

    /** Until then another thread looks after the versions. */
    @Test
    void untilTheJournalIsOpenItAsksForPatienceAndLeavesTheVersionsAlone(@TempDir Path folder)
            throws Exception {
        List<PolicySpec> specs = List.of(new PolicySpec("heat", "heat", List.of(HALL), Map.of()));
        var keeper =
                new PolicyKeeper(
                        new PolicyKeeper.Parts(
                                specs,
                                Map.of(),
                                PolicyVersions.fixed(specs, new SiteModules(specs)),
                                new SnapshotFolder(folder),
                                new PolicyGate(),
                                () -> null,
                                () -> fail("it looked at what the policies do")),
                        _ -> {});
        var answer = keeper.order(new PolicyKeeper.Order.Rollback("heat"), "anna");

        keeper.turn(Instant.EPOCH);
        keeper.turn(Instant.EPOCH);

        assertEquals(
                new PolicyKeeper.Answer(503, "the journal is not open: try again\n"), answer.get());
        assertEquals(Map.of(), keeper.views());
    }
}
