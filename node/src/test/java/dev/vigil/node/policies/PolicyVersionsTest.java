package dev.vigil.node.policies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.vigil.policy.ModuleSource;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.policy.Sha256;
import dev.vigil.policy.SiteModules;
import dev.vigil.policy.WasmSections;
import dev.vigil.policy.trust.Bundle;
import dev.vigil.policy.trust.Keys;
import dev.vigil.policy.trust.Role;
import dev.vigil.policy.trust.TrustDocument;
import dev.vigil.policy.trust.TrustStore;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site's heat policy, of which a bundle with golden readings is armed. */
final class PolicyVersionsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration VALID = Duration.ofDays(30);
    private static final int NANOS_PER_FUEL = 2;
    private static final int READINGS_PER_SECOND = 100;
    private static final PolicySpec HEAT =
            new PolicySpec(
                    "heat",
                    "heat",
                    List.of(
                            new SensorChannel(
                                    new SensorId("hall/temperature"),
                                    Quantity.TEMPERATURE,
                                    "hall")),
                    Map.of());

    private final KeyPair operator = Keys.generate();
    private @TempDir Path folder;
    private PolicySource source;
    private boolean goodClock = true;
    private byte[] own;
    private byte[] armed;

    @BeforeEach
    void armABundle() throws IOException, PolicyVersions.Refusal {
        Path trust = Files.createDirectory(folder.resolve("trust"));
        KeyPair root = Keys.generate();
        Files.writeString(trust.resolve(TrustStore.ROOT_FILE), Keys.pem(root.getPublic()));
        Files.write(
                trust.resolve(TrustStore.KEYS_FILE),
                TrustDocument.keys(
                        "test",
                        1,
                        NOW,
                        false,
                        List.of(TrustDocument.key(Role.OPERATOR, "Anna", operator.getPublic())),
                        root));
        source = PolicySource.open(folder.resolve("store"), trust, _ -> goodClock).orElseThrow();
        own = ModuleSource.read("heat");
        byte[] golden =
                "0,hall,temperature,20\n1,hall,temperature,21\n".getBytes(StandardCharsets.UTF_8);
        armed =
                Bundle.pack(
                        own,
                        WasmSections.custom(own, WasmSections.MANIFEST).orElseThrow(),
                        Optional.of(golden));
        byte[] signature = Bundle.sign(armed, 1, NOW.minus(VALID), NOW.plus(VALID), operator);
        source.store().arm(source.keep(source.trusted().verify(armed, signature, NOW)).policy());
    }

    @Test
    void theCostOfARefusedVersionIsNotTakenForThatOfTheSitesOwn() {
        PolicyBudget budget = budget(1e-9);

        PolicyState chosen = chosen(budget);

        assertEquals(Sha256.hex(own), chosen.sha256(), "the armed one is too costly");
        // It has no golden readings, and asks for 20,000 instructions each.
        assertEquals(
                20_000 * NANOS_PER_FUEL * 1e-9 * READINGS_PER_SECOND,
                budget.share(new PolicyBudget.Use(HEAT, chosen, () -> own)),
                1e-12);
    }

    @Test
    void aStartThatIsTriedAgainDoesNotCountAPolicyAgainstItself() {
        PolicyState alone = chosen(budget(1));
        double share = budget(1).share(new PolicyBudget.Use(HEAT, alone, () -> armed));
        PolicyVersions versions = versions(budget(1.5 * share));

        for (int attempt = 0; attempt < 3; attempt++) {
            assertEquals(Sha256.hex(armed), chosen(versions).sha256());
        }
    }

    @Test
    void aStoreThatIsDamagedAfterItWasOpenedLeavesTheSitesOwn() throws IOException {
        PolicyVersions versions = versions(budget(1));
        Files.write(folder.resolve("store/ledger"), new byte[] {1});
        Files.write(folder.resolve("store/ledger.copy"), new byte[] {1});

        assertEquals(Sha256.hex(own), chosen(versions).sha256());
    }

    @Test
    void aBundleWhoseManifestCannotBeReadIsNotLoaded() {
        byte[] manifest =
                """
                {"abi":1,"id":"heat","version":"2","stateVersion":1,"columns":["val"],
                "quantities":["temperature"],"hazards":{},"settings":[],
                "budget":{"pages":60000,"slots":8}}
                """
                        .getBytes(StandardCharsets.UTF_8);
        byte[] greedy = Bundle.pack(own, manifest, Optional.empty());
        byte[] signature = Bundle.sign(greedy, 2, NOW.minus(VALID), NOW.plus(VALID), operator);

        var unloadable =
                assertThrows(
                        PolicyUnloadable.class,
                        () -> versions(budget(1)).install(greedy, signature, List.of(), NOW));

        String said = String.valueOf(unloadable.getMessage());
        assertTrue(said.contains("'pages' is 60000.0, expected a whole number from 1 to 64"), said);
    }

    @Test
    void whatIsOverWithAGoodClockIsOverWithoutOne() throws PolicyVersions.Refusal {
        byte[] expired = Bundle.sign(armed, 2, NOW.minus(VALID), NOW.minusSeconds(1), operator);
        goodClock = false;

        var refusal =
                assertThrows(
                        PolicyVersions.Refusal.class,
                        () -> source.trusted().verify(armed, expired, Instant.EPOCH));

        assertTrue(String.valueOf(refusal.getMessage()).startsWith("EXPIRED"), refusal::toString);
    }

    private PolicyVersions versions(PolicyBudget budget) {
        return new PolicyVersions(
                List.of(HEAT), new SiteModules(List.of(HEAT)), Optional.of(source), budget);
    }

    private PolicyState chosen(PolicyBudget budget) {
        return chosen(versions(budget));
    }

    private static PolicyState chosen(PolicyVersions versions) {
        List<PolicyCandidate> chosen = versions.chosen((policy, why) -> fail(policy + why));
        chosen.forEach(PolicyCandidate::close);
        return chosen.getFirst().state();
    }

    private static PolicyBudget budget(double cpuShare) {
        return new PolicyBudget(
                new PolicyBudget.Limits(cpuShare, READINGS_PER_SECOND), _ -> NANOS_PER_FUEL);
    }
}
