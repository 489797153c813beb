package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A policy that came over the air, as a .wasm file: not one that was compiled with the node. */
class OwnPolicyIT {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String BUNDLED =
            "wasm-policies/src/main/resources/dev/vigil/policy/heat.wasm";

    @Test
    void aWasmFileJudgesAndSoundsTheSiren() throws Exception {
        Workplace place = Workplace.fresh("own-policy");
        Path module = place.file("own-heat.wasm");
        Files.copy(place.root().resolve(BUNDLED), module);
        TrialSite site =
                new TrialSite.Plan("own-policy")
                        .sensor("room/temperature", "temperature", "room")
                        .topic("site/+")
                        .policyFile("own-heat", module)
                        .write(place);
        try (NodeProcess node =
                        NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                                .awaitReady(BOUND);
                PahoSender room = PahoSender.connect(site.mqttPort(), "room", BOUND)) {
            assertTrue(NodeMetrics.of(node).sum("vigil_policy_armed", "own-heat") == 1, node::log);

            room.publish(
                    "site/room", "[{\"n\":\"room/temperature\",\"u\":\"Cel\",\"v\":71}]", () -> {});

            Waiting.require(
                    BOUND,
                    () -> site.siren().lines().stream().anyMatch(SirenFile.Switched::on),
                    () -> "no siren:\n" + node.log());
            String status = node.page("/api/status");
            assertTrue(status.contains("HEAT_ALARM"), status); // its word; the rule says BUILT_IN_
        }
    }
}
