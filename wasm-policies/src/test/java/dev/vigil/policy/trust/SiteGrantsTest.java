package dev.vigil.policy.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.Grant;
import dev.vigil.policy.Manifest;
import dev.vigil.policy.ModuleSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** POLICY-ABI 5.10, 16: a manifest asks, the site gives. */
final class SiteGrantsTest {
    private static final String HEAT = "acme.heat-rise";
    private static final String GRANTS =
            """
            {"*": {"fuelPerReading": 500},
             "acme.heat-rise": {"fuelPerReading": 2000, "deadlineMs": 20, "pages": 8,
              "capabilities": ["log", "abort", "lookup:zones"]}}
            """;

    private final TrustSite site = new TrustSite();

    @Test
    void whatIsAskedBeyondTheGrantIsNotGiven() {
        SiteGrants grants = SiteGrants.of(signed(GRANTS, 1, site.operator), site.trust());
        var asked =
                new Grant(
                        5000,
                        20_000,
                        Duration.ofMillis(100),
                        4,
                        8,
                        1000,
                        10,
                        Set.of("log", "metric", "lookup:zones"));

        Grant given = grants.given(HEAT);

        assertEquals(
                new Grant(
                        2000,
                        20_000,
                        Duration.ofMillis(20),
                        4,
                        8,
                        1000,
                        10,
                        Set.of("log", "lookup:zones")),
                asked.min(given));
        assertEquals(
                List.of(
                        "fuelPerReading: 5000 asked for, 2000 given",
                        "deadlineMs: 100 asked for, 20 given",
                        "capability 'metric' asked for, not given"),
                SiteGrants.reduced(asked, given));
    }

    @Test
    void aManifestThatSaysNothingAsksForNoMoreThanASiteGivesThatSaysNothing() throws IOException {
        byte[] heat = ModuleSource.read("heat");
        byte[] brief =
                """
                {"abi":1,"id":"brief","version":"1","stateVersion":1,"columns":["val"],
                "quantities":["temperature"],"hazards":{},"settings":[],
                "budget":{"pages":1,"slots":8}}
                """
                        .getBytes(StandardCharsets.UTF_8);

        Grant asked = Manifest.of(Bundle.pack(heat, brief, Optional.empty())).budget();

        assertEquals(List.of(), SiteGrants.reduced(asked, Grant.SITE));
        assertEquals(Grant.SITE.deadline(), asked.deadline());
    }

    @Test
    void aPolicyWithoutAGrantHasWhatEveryOneHas() {
        SiteGrants grants = SiteGrants.of(signed(GRANTS, 1, site.operator), site.trust());

        assertEquals(500, grants.given("acme.other").fuelPerReading());
        assertEquals(Grant.SITE.pages(), grants.given("acme.other").pages());
        assertEquals(Grant.CAPABILITIES, grants.given("acme.other").capabilities());
        assertEquals(Grant.SITE, SiteGrants.STANDARD.given(HEAT));
    }

    @Test
    void countsOnlyWithAnOperatorsSignature() {
        TrustStore revoked =
                site.trust(false, Map.of(Keys.id(site.operator.getPublic()), "laptop stolen"));

        for (KeyPair key : List.of(site.author, site.root, site.stranger)) {
            assertRefused("is not signed with a valid operator's key", GRANTS, key, site.trust());
        }
        assertRefused("is not signed with a valid operator's key", GRANTS, site.operator, revoked);
    }

    @Test
    void oneFlippedByteIsEnough() {
        byte[] whole = signed(GRANTS, 1, site.operator);
        for (int at = 0; at < whole.length - 1; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x40;
            assertThrows(
                    TrustFault.class, () -> SiteGrants.of(damaged, site.trust()), "byte " + at);
        }
    }

    @Test
    void anotherSitesGrantsAreNotThisOnes() {
        byte[] other =
                SiteGrants.sign(
                        GRANTS.getBytes(StandardCharsets.UTF_8),
                        "south-harbour",
                        1,
                        TrustSite.BEGIN,
                        site.operator);

        TrustFault fault = assertThrows(TrustFault.class, () -> SiteGrants.of(other, site.trust()));

        assertEquals(
                "grants.json: it is for site 'south-harbour', this one is 'north-harbour'",
                fault.getMessage());
    }

    @Test
    void mistakesAreFoundBeforeSigning() {
        for (String wrong :
                List.of(
                        "{\"*\": {\"fuel\": 1}}",
                        "{\"*\": {\"pages\": 0}}",
                        "{\"*\": {\"pages\": 65}}",
                        "{\"*\": {\"deadlineMs\": 1.5}}",
                        "{\"*\": {\"capabilities\": [\"siren\"]}}",
                        "{\"A/B\": {}}",
                        "{\"*\": {}, \"*\": {}}",
                        "[]")) {
            assertThrows(
                    IllegalArgumentException.class, () -> signed(wrong, 1, site.operator), wrong);
        }
    }

    @Test
    void olderGrantsAndMissingOnesAreRefused() {
        var store = new PolicyStore(new SimulatedFiles(new Random(1)));
        SiteGrants newer = SiteGrants.of(signed(GRANTS, 4, site.operator), site.trust());
        SiteGrants older = SiteGrants.of(signed(GRANTS, 3, site.operator), site.trust());

        store.accept(SiteGrants.STANDARD);
        store.accept(newer);

        assertThrows(TrustFault.class, () -> store.accept(older));
        assertThrows(TrustFault.class, () -> store.accept(SiteGrants.STANDARD));
        store.accept(newer);
    }

    private void assertRefused(String part, String grants, KeyPair key, TrustStore trust) {
        byte[] signed = signed(grants, 1, key);
        TrustFault fault = assertThrows(TrustFault.class, () -> SiteGrants.of(signed, trust));
        assertTrue(String.valueOf(fault.getMessage()).contains(part), fault.getMessage());
    }

    private static byte[] signed(String grants, long serial, KeyPair key) {
        return SiteGrants.sign(
                grants.getBytes(StandardCharsets.UTF_8),
                TrustSite.NAME,
                serial,
                TrustSite.BEGIN,
                key);
    }
}
