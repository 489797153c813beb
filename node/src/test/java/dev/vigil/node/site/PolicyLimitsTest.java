package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.policy.Grant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a site.yaml gives its policies, and whose bundles it takes. */
final class PolicyLimitsTest {
    private static final String SITE =
            """
            node: gw-01
            sensors:
              - {id: a/t, quantity: temperature, zone: a, from: {waveform: sine}}
            """;

    private Path directory = Path.of("unset");

    @BeforeEach
    void makeTrustFolder(@TempDir Path temporary) throws IOException {
        directory = temporary;
        Files.createDirectories(directory.resolve("trust"));
        Files.writeString(directory.resolve("trust/root.pub.pem"), "not looked into here");
    }

    @Test
    void aGrantGivesWhatItNamesAndTheRestAsToAnyPolicy() {
        SiteConfig site =
                valid(
                        """
                        policies:
                          - module: heat
                            zones: [all]
                            grant: {fuel-per-reading: 400, fuel-per-call: 9000, deadline: 20ms, state: 64KiB, host-calls: 0}
                        """);

        Grant most = Grant.SITE;
        assertEquals(
                new Grant(
                        400,
                        9000,
                        Duration.ofMillis(20),
                        most.pages(),
                        0,
                        64 << 10,
                        most.slots(),
                        most.capabilities()),
                site.policies().getFirst().grant());
    }

    @Test
    void aPolicyStoreHasABudgetOfHalfACoreUnlessItSaysOtherwise() {
        SiteConfig.PolicyStore standard =
                valid("policy-store: {trust: trust}").policyStore().orElseThrow();
        SiteConfig.PolicyStore other =
                valid("policy-store: {trust: trust, cpu: 1.5, readings: 20}")
                        .policyStore()
                        .orElseThrow();

        Path store = directory.resolve("vigil-data/policies");
        Path trust = directory.resolve("trust");
        assertEquals(new SiteConfig.PolicyStore(store, trust, 0.5, 1), standard);
        assertEquals(new SiteConfig.PolicyStore(store, trust, 1.5, 20), other);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "cpu: 0 => cpu: '0' - must be a number from 0.01 to 64.0",
                "cpu: 50% => cpu: '50%' - must be a number from 0.01 to 64.0",
                "readings: -1 => readings: '-1' - must be a number from 0.0 to 1000000.0",
                "clock: good => clock: unknown key - known here: cpu, directory, readings, trust"
            })
    void aPolicyStoreThatIsWrongIsRefused(String key, String mistake) {
        assertEquals(
                List.of("site.yaml:4: policy-store." + mistake),
                switch (read("policy-store: {trust: trust, %s}".formatted(key))) {
                    case SiteConfigReader.Valid _ -> List.of("right");
                    case SiteConfigReader.Invalid(var mistakes) ->
                            mistakes.stream().map(Mistake::toString).toList();
                });
    }

    private SiteConfig valid(String more) {
        return switch (read(more)) {
            case SiteConfigReader.Valid(var config) -> config;
            case SiteConfigReader.Invalid(var mistakes) ->
                    throw new AssertionError(mistakes.toString());
        };
    }

    private SiteConfigReader.Result read(String more) {
        return SiteConfigReader.read(
                "site.yaml", (SITE + more).getBytes(StandardCharsets.UTF_8), directory);
    }
}
