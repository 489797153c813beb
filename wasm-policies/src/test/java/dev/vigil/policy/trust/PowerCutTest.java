package dev.vigil.policy.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * POLICY-ABI 5.10, 17: whatever the power interrupts, what was armed is armed, or what came after.
 */
final class PowerCutTest {
    private static final String HEAT = "acme.heat-rise";
    private static final String SMOKE = "acme.smoke";
    private static final int SEEDS = 6;
    private static final int CUTS_MAX = 200;

    private final TrustSite site = new TrustSite();
    private final Map<String, Bundle.Verified> versions = new TreeMap<>();

    /** What a change does, and what of the policy is there before and after it. */
    private record Scenario(String name, List<Long> armedBefore, Step step) {}

    private interface Step {
        void on(PolicyStore store);
    }

    /** Everything that counts of one policy. */
    private record Seen(
            Optional<Stored> armed,
            Optional<Stored> previous,
            Optional<Stored> candidate,
            long highest) {
        static Seen of(PolicyStore store, String policy) {
            return new Seen(
                    store.shelf(policy).armed(),
                    store.shelf(policy).previous(),
                    store.shelf(policy).candidate(),
                    store.shelf(policy).highest());
        }
    }

    @Test
    void aCutAtAnyStepLeavesTheStateBeforeOrAfter() {
        List<Scenario> scenarios =
                List.of(
                        new Scenario("first install", List.of(), store -> install(store, 7)),
                        new Scenario("install", List.of(5L, 6L), store -> install(store, 7)),
                        new Scenario("install again", List.of(5L, 6L), store -> install(store, 6)),
                        new Scenario(
                                "install and arm",
                                List.of(5L, 6L),
                                store -> {
                                    install(store, 7);
                                    store.arm(HEAT);
                                }),
                        new Scenario("roll back", List.of(5L, 6L), store -> store.rollback(HEAT)));
        int cuts = 0;
        for (Scenario scenario : scenarios) {
            for (int seed = 0; seed < SEEDS; seed++) {
                int cut = 0;
                while (cut < CUTS_MAX && survivesACut(scenario, seed, cut)) {
                    cut++;
                }
                assertTrue(cut > 0 && cut < CUTS_MAX, scenario.name() + ": " + cut + " cuts");
                cuts += cut;
            }
        }
        // 5 scenarios of a dozen steps and more, each with every seed.
        assertTrue(cuts > 300, cuts + " cuts");
    }

    /** False when the change was through before the power went. */
    private boolean survivesACut(Scenario scenario, int seed, int cut) {
        var files = new SimulatedFiles(new Random(seed * 1000L + cut));
        var store = new PolicyStore(files);
        for (long counter : scenario.armedBefore()) {
            install(store, counter);
            store.arm(HEAT);
        }
        assertEquals(Optional.empty(), store.install(version(SMOKE, 1)));
        store.arm(SMOKE);
        Seen smoke = Seen.of(store, SMOKE);
        List<Seen> allowed = states(scenario, store);
        String what = scenario.name() + ", seed " + seed + ", cut " + cut;

        files.cutAfter(cut);
        boolean through = !interrupted(store, scenario.step());
        files.restart();

        Seen after = Seen.of(store, HEAT);
        if (through) {
            assertEquals(allowed.getLast(), after, what);
        } else {
            assertTrue(allowed.contains(after), what + ": " + after + " is none of " + allowed);
        }
        assertEquals(smoke, Seen.of(store, SMOKE), what);
        everythingIsWhole(store, files, what);
        assertEquals(after, Seen.of(store, HEAT), what);
        goesOn(store, files, what);
        return !through;
    }

    /** The states a step goes through, found by running it on another disk. */
    private List<Seen> states(Scenario scenario, PolicyStore before) {
        var states = new ArrayList<Seen>();
        states.add(Seen.of(before, HEAT));
        var store = new PolicyStore(new SimulatedFiles(new Random(1)));
        for (long counter : scenario.armedBefore()) {
            install(store, counter);
            store.arm(HEAT);
        }
        if (scenario.name().equals("install and arm")) {
            install(store, 7);
            states.add(Seen.of(store, HEAT));
            store.arm(HEAT);
        } else {
            scenario.step().on(store);
        }
        states.add(Seen.of(store, HEAT));
        return states;
    }

    private static boolean interrupted(PolicyStore store, Step step) {
        try {
            step.on(store);
            return false;
        } catch (PolicyStoreFault e) {
            return true;
        }
    }

    /** Every version that is named is there, byte for byte. */
    private void everythingIsWhole(PolicyStore store, SimulatedFiles files, String what) {
        for (String policy : store.policies()) {
            Stream.of(
                            store.shelf(policy).armed(),
                            store.shelf(policy).previous(),
                            store.shelf(policy).candidate(),
                            store.shelf(policy).withdrawn())
                    .flatMap(Optional::stream)
                    .forEach(
                            stored -> {
                                Bundle.Verified version = version(policy, stored.counter());
                                assertEquals(
                                        Optional.of(version.wasm()),
                                        content(files, stored.wasmFile()),
                                        what);
                                assertEquals(
                                        Optional.of(version.signature()),
                                        content(files, stored.signatureFile()),
                                        what);
                            });
        }
    }

    private static Optional<Bytes> content(SimulatedFiles files, String name) {
        try {
            return files.read(name).map(Bytes::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The store is as usable as before. */
    private void goesOn(PolicyStore store, SimulatedFiles files, String what) {
        install(store, 9);
        assertEquals(9, store.arm(HEAT).counter(), what);
        assertEquals(
                Bundle.Reason.OLDER_COUNTER,
                store.install(version(HEAT, 8)).orElseThrow().reason(),
                what);
        everythingIsWhole(store, files, what);
    }

    @Test
    void aCounterNeverGoesBackThroughHundredsOfCuts() {
        var random = new Random(17);
        var files = new SimulatedFiles(random);
        var store = new PolicyStore(files);
        long acknowledged = 0;
        int cuts = 0;
        while (cuts < 150) {
            files.cutAfter(random.nextInt(40));
            try {
                install(store, acknowledged + 1 + random.nextInt(2));
                acknowledged = store.shelf(HEAT).highest();
                store.arm(HEAT);
                if (random.nextInt(3) == 0) {
                    store.rollback(HEAT);
                }
            } catch (PolicyStoreFault e) {
                cuts++;
            }
            files.restart();
            assertTrue(
                    store.shelf(HEAT).highest() >= acknowledged,
                    store.shelf(HEAT).highest() + " after " + acknowledged);
            acknowledged = store.shelf(HEAT).highest();
            everythingIsWhole(store, files, "cut " + cuts);
        }
    }

    @Test
    void aDiskThatTakesNothingChangesNothing() {
        var files = new SimulatedFiles(new Random(1));
        var store = new PolicyStore(files);
        install(store, 5);
        store.arm(HEAT);
        install(store, 6);
        Seen before = Seen.of(store, HEAT);

        files.failing(true);

        assertThrows(PolicyStoreFault.class, () -> store.install(version(HEAT, 7)));
        files.failing(false);
        assertEquals(before, Seen.of(store, HEAT));
        everythingIsWhole(store, files, "after failing");
    }

    private void install(PolicyStore store, long counter) {
        assertEquals(Optional.empty(), store.install(version(HEAT, counter)));
    }

    private Bundle.Verified version(String policy, long counter) {
        return versions.computeIfAbsent(policy + counter, _ -> site.verified(policy, counter));
    }
}
