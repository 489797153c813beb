package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy that misbehaves while it runs (fixture mischief.wat). */
class MischiefTest {
    private static final SensorChannel ROOM = Rooms.channel("room", Quantity.TEMPERATURE);
    private static final SensorChannel GAS = Rooms.channel("room", Quantity.CARBON_MONOXIDE);

    @TempDir Path folder;

    private PolicySet mischief(Engine engine) {
        return PolicySet.load(List.of(spec("mischief")), engine);
    }

    private PolicySpec spec(String id) {
        String file = Fixtures.file(folder, "mischief", Fixtures.MISCHIEF);
        return new PolicySpec(id, file, List.of(ROOM, GAS), Map.of());
    }

    static Stream<Arguments> mischiefs() {
        record Mischief(int value, PolicyFailure.Kind kind, String says) {}
        List<Mischief> all =
                List.of(
                        new Mischief(1, PolicyFailure.Kind.TRAP_UNREACHABLE, "trapped"),
                        new Mischief(
                                2,
                                PolicyFailure.Kind.FUEL,
                                "used up its fuel of 40000 instructions"),
                        new Mischief(
                                3,
                                PolicyFailure.Kind.TRAP_STACK,
                                "nested its calls more than 256 deep"),
                        new Mischief(4, PolicyFailure.Kind.TRAP_OOB, "out of bounds memory access"),
                        new Mischief(5, PolicyFailure.Kind.TRAP_DIV, "integer divide by zero"),
                        new Mischief(6, PolicyFailure.Kind.ERROR_CODE, "answered -7"),
                        new Mischief(7, PolicyFailure.Kind.PROTOCOL, "17 hazards, out_cap is 16"),
                        new Mischief(8, PolicyFailure.Kind.HOST_CALLS, "more than 64 times"),
                        new Mischief(9, PolicyFailure.Kind.PROTOCOL, "16 bytes at 65530"),
                        new Mischief(
                                10, PolicyFailure.Kind.TRAP_UNREACHABLE, "code 42: 'guest says'"),
                        new Mischief(11, PolicyFailure.Kind.PROTOCOL, "dropped 1 hazards"),
                        new Mischief(20, PolicyFailure.Kind.PROTOCOL, "idx is 2, the call had 2"),
                        new Mischief(
                                21,
                                PolicyFailure.Kind.PROTOCOL,
                                "slot is 8, not one of the 2 that are bound"),
                        new Mischief(22, PolicyFailure.Kind.PROTOCOL, "kind is 9"),
                        new Mischief(23, PolicyFailure.Kind.PROTOCOL, "code 9 is not declared"),
                        new Mischief(24, PolicyFailure.Kind.PROTOCOL, "severity is 1001"),
                        new Mischief(25, PolicyFailure.Kind.PROTOCOL, "score is NaN"),
                        new Mischief(26, PolicyFailure.Kind.PROTOCOL, "limit is Infinity"),
                        new Mischief(27, PolicyFailure.Kind.PROTOCOL, "now is"));
        return all.stream()
                .flatMap(
                        m ->
                                Stream.of(
                                                Engine.INTERPRETER,
                                                Engine.RUNTIME_COMPILED,
                                                Engine.REGISTER)
                                        .map(e -> Arguments.of(m.value, m.kind, m.says, e)));
    }

    @ParameterizedTest(name = "{0} is {1} on {3}")
    @MethodSource("mischiefs")
    void isUndecidedAndTheBuiltInRuleSpeaksAndTheNextBatchIsTriedWithTheSavedState(
            int value, PolicyFailure.Kind kind, String says, Engine engine) {
        try (PolicySet set = mischief(engine)) {
            assertEquals(List.of(1.0), scores(set, 0, 100));
            // 57 degC and more is a hazard to the built-in rule; the mischief comes with it.
            Verdict verdict = evaluate(set, 1, value, 150);
            var undecided = assertInstanceOf(Verdict.Undecided.class, verdict);
            assertEquals(kind, undecided.failure().kind(), undecided.failure().detail());
            assertTrue(undecided.failure().detail().contains(says), undecided.failure().detail());
            assertEquals(
                    List.of("BUILT_IN_TEMPERATURE"),
                    undecided.standIn().stream().map(Hazard::code).toList());
            assertFalse(Thread.currentThread().isInterrupted());
            assertEquals(PolicyState.Status.RUNNING, set.states().getFirst().status());
            // One reading was seen before the failed call: the counter goes on from there.
            assertEquals(List.of(2.0), scores(set, 2, 150));
            assertEquals(1, set.states().getFirst().failures());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Engine.class,
            names = {"INTERPRETER", "RUNTIME_COMPILED", "REGISTER"})
    void threeFailuresInAMinutePutItOutAndTheRuleWatchesAlone(Engine engine) {
        try (PolicySet set = mischief(engine)) {
            for (int second = 0; second < 3; second++) {
                assertInstanceOf(Verdict.Undecided.class, evaluate(set, second, 1));
            }
            assertEquals(PolicyState.Status.QUARANTINED, set.states().getFirst().status());
            var raised = assertInstanceOf(Verdict.Undecided.class, evaluate(set, 10, 60, 58));
            assertEquals(
                    List.of("RAISE BUILT_IN_TEMPERATURE 60.0"),
                    raised.standIn().stream()
                            .map(h -> h.change() + " " + h.code() + " " + h.value())
                            .toList());
            var still = assertInstanceOf(Verdict.Undecided.class, evaluate(set, 11, 55));
            assertEquals(List.of(), still.standIn());
            var cleared = assertInstanceOf(Verdict.Undecided.class, evaluate(set, 12, 49));
            assertEquals(Hazard.Change.CLEAR, cleared.standIn().getFirst().change());
        }
    }

    @Test
    void failuresFarApartAreForgiven() {
        try (PolicySet set = mischief(Engine.INTERPRETER)) {
            for (int minute = 0; minute < 10; minute++) {
                assertInstanceOf(Verdict.Undecided.class, evaluate(set, minute * 61, 1));
            }
            assertEquals(PolicyState.Status.RUNNING, set.states().getFirst().status());
            assertEquals(10, set.states().getFirst().failures());
        }
    }

    @Test
    void whatTheRuleRaisedItClearsItselfAfterThePolicyIsBack() {
        try (PolicySet set = mischief(Engine.INTERPRETER)) {
            assertInstanceOf(Verdict.Undecided.class, evaluate(set, 0, 1, 60));
            assertEquals(1, set.states().getFirst().standInRaised());
            assertInstanceOf(Verdict.Normal.class, evaluate(set, 1, 60));
            var back = assertInstanceOf(Verdict.Hazardous.class, evaluate(set, 2, 40));
            assertEquals("BUILT_IN_TEMPERATURE", back.hazards().getFirst().code());
            assertEquals(Hazard.Change.CLEAR, back.hazards().getFirst().change());
            assertInstanceOf(Verdict.Normal.class, evaluate(set, 3, 40));
        }
    }

    @Test
    void anEndlessPolicyDoesNotHarmItsNeighbours() {
        try (PolicySet set =
                PolicySet.load(
                        List.of(spec("bad"), Rooms.spec("heat", ROOM), spec("good")),
                        Engine.RUNTIME_COMPILED)) {
            for (int second = 0; second < 3; second++) {
                List<Judgement> judgements = set.evaluate(batch(second, 2));
                assertInstanceOf(Verdict.Undecided.class, judgements.get(0).verdict());
                assertInstanceOf(Verdict.Normal.class, judgements.get(1).verdict());
                assertEquals("heat", judgements.get(1).policy());
            }
        }
    }

    @Test
    void anInterruptOfTheOwnerFromOutsideIsKeptForIt() {
        try (PolicySet set = mischief(Engine.INTERPRETER)) {
            Thread.currentThread().interrupt();
            assertEquals(List.of(1.0), scores(set, 0, 100));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void logLinesOverTheLimitAreCounted() {
        try (PolicySet set = mischief(Engine.INTERPRETER)) {
            for (int second = 0; second < 30; second++) {
                assertInstanceOf(Verdict.Normal.class, evaluate(set, second, 12));
            }
            assertEquals(20, set.states().getFirst().logDropped());
        }
    }

    @Test
    void aBatchLargerThanThePolicyTakesIsSplitAndNothingIsLost() {
        try (PolicySet set = mischief(Engine.RUNTIME_COMPILED)) {
            double[] values = new double[100];
            Arrays.fill(values, 30);
            values[0] = 100;
            values[15] = 101;
            values[16] = 102;
            values[99] = 103;
            var found = assertInstanceOf(Verdict.Hazardous.class, evaluate(set, 0, values));
            // The score counts readings: every one was seen, in order, across seven calls.
            assertEquals(
                    List.of(1.0, 16.0, 17.0, 100.0),
                    found.hazards().stream().map(Hazard::score).toList());
            assertEquals(100, set.states().getFirst().readings());
        }
    }

    @Test
    void tickGoesToThePolicyWithItsState() {
        try (PolicySet set = mischief(Engine.INTERPRETER)) {
            evaluate(set, 0, 30, 30);
            List<Judgement> ticked = set.tick(Rooms.at(5));
            Hazard hazard = Rooms.hazards(ticked).getFirst();
            assertEquals("TICKED", hazard.code());
            assertEquals(2.0, hazard.score());
            assertEquals(Rooms.at(5), hazard.at());
            assertEquals(Quality.UNCERTAIN, hazard.quality());
        }
    }

    @Test
    void aBadReadingReachesThePolicyAsZeroAndNotTheRule() {
        try (PolicySet set = mischief(Engine.INTERPRETER)) {
            List<Judgement> judgements =
                    set.evaluate(Rooms.batch(List.of(Rooms.reading(ROOM, 0, 1000, Quality.BAD))));
            assertInstanceOf(Verdict.Normal.class, judgements.getFirst().verdict());
            assertEquals(1, set.states().getFirst().readings());
        }
    }

    @Test
    void aPolicyWithAnotherThresholdIsToldSo() {
        PolicySpec spec = spec("mischief");
        PolicySpec warm =
                new PolicySpec(spec.id(), spec.module(), spec.channels(), Map.of("level", 60.0));
        try (PolicySet set = PolicySet.load(List.of(warm))) {
            Hazard hazard =
                    assertInstanceOf(Verdict.Hazardous.class, evaluate(set, 0, 61))
                            .hazards()
                            .getFirst();
            assertEquals(60.0, hazard.limit());
        }
    }

    private static Batch batch(double second, double... values) {
        var readings = new ArrayList<Reading>();
        for (double value : values) {
            readings.add(Rooms.reading(ROOM, second, value));
        }
        return Rooms.batch(readings);
    }

    private static Verdict evaluate(PolicySet set, double second, double... values) {
        return set.evaluate(batch(second, values)).getFirst().verdict();
    }

    private static List<Double> scores(PolicySet set, double second, double value) {
        return Rooms.hazards(set.evaluate(batch(second, value))).stream()
                .filter(h -> h.code().equals("HOT"))
                .map(Hazard::score)
                .toList();
    }
}
