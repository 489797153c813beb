package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A policy is replaced while it judges (POLICY-ABI, 5.7 and 5.10: 36, 38). */
class HotSwapTest {
    private static final SensorChannel ROOM = Rooms.channel("room", Quantity.TEMPERATURE);
    private static final SensorChannel HALL = Rooms.channel("hall", Quantity.TEMPERATURE);

    @TempDir Path folder;

    private PolicySpec spec(String fixture, String version, int stateVersion) {
        String manifest =
                """
                {"abi":1,"id":"counter","version":"%s","stateVersion":%d,"columns":["val","slot"],
                "quantities":["temperature"],"hazards":{"1":"HOT"},"settings":[],
                "budget":{"pages":1,"slots":8}}
                """
                        .formatted(version, stateVersion);
        byte[] wasm = Fixtures.withManifest(Fixtures.wasm(fixture), manifest);
        String file = Fixtures.file(folder, fixture + "-" + version, wasm);
        return new PolicySpec("counter", file, List.of(ROOM, HALL), Map.of());
    }

    @ParameterizedTest
    @EnumSource(
            value = Engine.class,
            names = {"INTERPRETER", "RUNTIME_COMPILED"})
    void theSameStateVersionGoesOnWithTheStateByteForByte(Engine engine) {
        try (PolicySet set = PolicySet.load(List.of(spec("counter-1", "1", 1)), engine);
                var candidate = PolicyCandidate.load(spec("counter-1", "2", 1), engine)) {
            set.evaluate(batch(0, 20, 120, 30));
            byte[] before = state(set);

            assertTrue(set.copies(candidate));
            PolicySet.Swap swap = set.swap(candidate);

            assertEquals("1", swap.from());
            assertEquals("2", swap.to());
            assertTrue(swap.copied());
            assertEquals(List.of(), swap.changes());
            assertEquals("2", set.states().getFirst().version());
            org.junit.jupiter.api.Assertions.assertArrayEquals(before, state(set));
            // Reading 3 was below 50 and cleared; the sixth is counted as the sixth.
            Hazard hazard = Rooms.hazards(set.evaluate(batch(1, 20, 20, 130))).getFirst();
            assertEquals(6.0, hazard.score());
            assertEquals(6, set.states().getFirst().readings());
        }
    }

    @Test
    void threeHundredSwapsLoseNoReadingAndNoState() {
        try (PolicySet set = PolicySet.load(List.of(spec("counter-1", "0", 1)))) {
            for (int swap = 1; swap <= 300; swap++) {
                set.evaluate(batch(swap, 20, 21));
                try (var candidate = PolicyCandidate.load(spec("counter-1", "" + swap, 1))) {
                    set.swap(candidate);
                }
            }
            Hazard hazard = Rooms.hazards(set.evaluate(batch(301, 100))).getFirst();
            assertEquals(601.0, hazard.score());
            assertEquals("300", set.states().getFirst().version());
            assertEquals(601, set.states().getFirst().readings());
        }
    }

    @Test
    void anotherStateVersionIsMadeOfTheOldOneByTheGuest() {
        try (PolicySet set = PolicySet.load(List.of(spec("counter-1", "1", 1)));
                var candidate = PolicyCandidate.load(spec("counter-2", "2", 2))) {
            Hazard first = Rooms.hazards(set.evaluate(batch(0, 20, 120, 60))).getFirst();
            assertFalse(set.copies(candidate));

            var carry = candidate.carry(snapshot(set));
            candidate.judge(batch(1, 70));
            PolicySet.Swap swap = set.swap(candidate);

            assertEquals(PolicyCandidate.Carried.MIGRATED, carry.carried());
            assertEquals("state version 2 made of 1", carry.reason());
            assertEquals("", swap.cold());
            assertEquals(List.of(), swap.changes(), "what is raised stays raised");
            ByteBuffer state = ByteBuffer.wrap(state(set)).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals(4, state.getLong(0));
            assertEquals(1, state.getLong(8), "it knows that it has raised");
            assertEquals(1, state.getLong(16), "it was made of version 1");
            Hazard last = Rooms.hazards(set.evaluate(batch(2, 20))).getFirst();
            assertEquals(Hazard.Change.CLEAR, last.change());
            assertEquals(first.code(), last.code());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "counter-2-refuses, vigil_migrate answered -3",
        "counter-2-spins, vigil_migrate ran longer than",
        "counter-2-alone, it has no vigil_migrate for a state of version 1"
    })
    void withoutAWayForTheStateItBeginsAnewAndSaysWhy(String fixture, String reason) {
        try (PolicySet set = PolicySet.load(List.of(spec("counter-1", "1", 1)));
                var candidate = PolicyCandidate.load(spec(fixture, "2", 2))) {
            set.evaluate(batch(0, 20, 120, 60));

            var carry = candidate.carry(snapshot(set));

            assertEquals(PolicyCandidate.Carried.COLD, carry.carried());
            assertTrue(
                    carry.reason().contains(reason) || carry.reason().contains("fuel"),
                    carry.reason());
            assertFalse(candidate.stateful());
            // Nothing of what the failed attempt wrote is left; history warms it up.
            candidate.replay(batch(0, 20, 120, 60));
            PolicySet.Swap swap = set.swap(candidate);
            assertEquals(List.of(), swap.changes(), "history has raised the same");
            assertEquals(3, ByteBuffer.wrap(state(set)).order(ByteOrder.LITTLE_ENDIAN).getLong());
        }
    }

    @Test
    void whatAColdVersionHasNotRaisedIsClearedByTheSwapAndOtherwiseRaised() {
        try (PolicySet set = PolicySet.load(List.of(spec("counter-1", "1", 1)));
                var cold = PolicyCandidate.load(spec("counter-2-alone", "2", 2));
                var warm = PolicyCandidate.load(spec("counter-1", "3", 1))) {
            set.evaluate(batch(0, 120));

            PolicySet.Swap swap = set.swap(cold);

            assertEquals("there was no state to take over", swap.cold());
            assertEquals(
                    List.of(Hazard.Change.CLEAR),
                    swap.changes().stream().map(Hazard::change).toList());
            warm.replay(batch(1, 130));
            assertEquals(
                    List.of(Hazard.Change.RAISE),
                    set.swap(warm).changes().stream().map(Hazard::change).toList());
        }
    }

    @Test
    void afterThreeStrikesAnotherVersionPutsItBackToWorkAndTheRuleWatchesMeanwhile() {
        try (PolicySet set = PolicySet.load(List.of(spec("counter-1", "bad", 1)));
                var previous = PolicyCandidate.load(spec("counter-1", "good", 1))) {
            for (int second = 0; second < 3; second++) {
                assertInstanceOf(Verdict.Undecided.class, judge(set, batch(second, 13)));
            }
            assertEquals(PolicyState.Status.QUARANTINED, set.states().getFirst().status());
            var alone = assertInstanceOf(Verdict.Undecided.class, judge(set, batch(4, 60)));
            assertEquals("BUILT_IN_TEMPERATURE", alone.standIn().getFirst().code());
            assertFalse(set.copies(previous), "the state of what failed is not trusted");

            set.swap(previous);

            PolicyState state = set.states().getFirst();
            assertEquals(PolicyState.Status.RUNNING, state.status());
            assertEquals("good", state.version());
            assertEquals(0, state.strikes());
            assertEquals(3, state.failures());
            var back = assertInstanceOf(Verdict.Hazardous.class, judge(set, batch(5, 40)));
            assertEquals(Hazard.Change.CLEAR, back.hazards().getFirst().change());
        }
    }

    @Test
    void aCandidateThatIsOutIsNotSwappedInAndTheArmedOneGoesOn() {
        try (PolicySet set = PolicySet.load(List.of(spec("counter-1", "1", 1)));
                var candidate = PolicyCandidate.load(spec("counter-1", "2", 1))) {
            for (int second = 0; second < 3; second++) {
                candidate.judge(batch(second, 13));
            }
            assertThrows(IllegalStateException.class, () -> set.swap(candidate));
            assertEquals("1", set.states().getFirst().version());
            assertInstanceOf(Verdict.Normal.class, judge(set, batch(4, 20)));
        }
    }

    @Test
    void aVersionMadeByAnotherThreadIsStoppedLikeAnyOther() throws Exception {
        var made = new ArrayList<PolicyCandidate>();
        String file = Fixtures.file(folder, "mischief", Fixtures.MISCHIEF);
        PolicySpec mischief = new PolicySpec("counter", file, List.of(ROOM), Map.of());
        Thread maker = Thread.ofPlatform().start(() -> made.add(PolicyCandidate.load(mischief)));
        maker.join();
        try (PolicySet set = PolicySet.load(List.of(spec("counter-1", "1", 1)));
                PolicyCandidate candidate = made.getFirst()) {
            set.swap(candidate);
            assertInstanceOf(Verdict.Undecided.class, judge(set, batch(0, 2)));
            assertFalse(Thread.currentThread().isInterrupted());
            assertInstanceOf(Verdict.Normal.class, judge(set, batch(1, 30)));
        }
    }

    private static Batch batch(double second, double... values) {
        var readings = new ArrayList<Reading>();
        for (double value : values) {
            readings.add(Rooms.reading(ROOM, second, value));
        }
        return Rooms.batch(readings);
    }

    private static Verdict judge(PolicySet set, Batch batch) {
        return set.evaluate(batch).getFirst().verdict();
    }

    private static PolicySnapshot snapshot(PolicySet set) {
        return set.snapshot("counter", "test", 0).orElseThrow();
    }

    private static byte[] state(PolicySet set) {
        return snapshot(set).state();
    }
}
