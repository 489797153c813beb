package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The conformance list, 19 to 26, 38 and 41 to 44: what a policy is told, says and keeps. */
class ConformanceTest {
    private static final String ENGINES = "dev.vigil.policy.Conform#engines";

    private static double[] values(long seed, int count) {
        return new Random(seed).doubles(count, 50, 110).toArray();
    }

    @ParameterizedTest(name = "19 however readings are cut into calls, {0}")
    @MethodSource(ENGINES)
    void theSameIsSaidAndKept(Engine engine) {
        double[] values = values(19, 480);
        try (Conform whole = new Conform(engine);
                Conform single = new Conform(engine);
                Conform cut = new Conform(engine)) {
            Random cuts = new Random(20);
            List<Double> expected = scores(whole, values, () -> Conform.IN_CAP);
            assertTrue(expected.size() > 20, expected.size() + " hazards");
            assertEquals(expected, scores(single, values, () -> 1));
            assertEquals(expected, scores(cut, values, () -> 1 + cuts.nextInt(Conform.IN_CAP)));
            assertArrayEquals(whole.policy.state(), single.policy.state());
            assertArrayEquals(whole.policy.state(), cut.policy.state());
        }
    }

    private static List<Double> scores(
            Conform guest, double[] values, java.util.function.IntSupplier sizes) {
        List<Double> scores = new ArrayList<>();
        for (int from = 0; from < values.length; ) {
            int to = Math.min(values.length, from + sizes.getAsInt());
            guest.process(Arrays.copyOfRange(values, from, to))
                    .forEach(hazard -> scores.add(hazard.score()));
            from = to;
        }
        return scores;
    }

    @ParameterizedTest(name = "20 an empty batch changes nothing, {0}")
    @MethodSource(ENGINES)
    void emptyBatch(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            guest.process(60, 70);
            byte[] before = guest.policy.state();
            assertEquals(List.of(), guest.process());
            assertArrayEquals(before, guest.policy.state());
        }
    }

    @ParameterizedTest(name = "21 a full batch of hazards, and one hazard too many, {0}")
    @MethodSource(ENGINES)
    void fullBatch(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            double[] all = new double[Conform.IN_CAP];
            Arrays.fill(all, 150);
            List<GuestAbi.HazardRecord> hazards = guest.process(all);
            assertEquals(
                    List.of(1.0, 16.0),
                    List.of(hazards.getFirst().score(), hazards.getLast().score()));
            assertEquals(Conform.IN_CAP, hazards.size());
        }
        try (Conform mischief = new Conform(mischief(engine))) {
            assertEquals(PolicyFailure.Kind.PROTOCOL, mischief.fault(7).kind());
        }
        try (Conform mischief = new Conform(mischief(engine))) {
            assertEquals(PolicyFailure.Kind.PROTOCOL, mischief.fault(11).kind());
        }
    }

    private static PolicyModule mischief(Engine engine) {
        return Conform.module("mischief", Fixtures.MISCHIEF, engine);
    }

    @ParameterizedTest(name = "22 quality and flags reach the policy, {0}")
    @MethodSource(ENGINES)
    void qualityAndFlags(Engine engine) {
        try (Conform good = new Conform(engine);
                Conform bad = new Conform(engine);
                Conform zero = new Conform(engine)) {
            good.process(70);
            bad.process(WasmPolicy.FLAG_GAP | WasmPolicy.FLAG_REPLAY, Quality.BAD, 70);
            zero.process(WasmPolicy.FLAG_CATCH_UP, Quality.GOOD, 0);
            assertEquals(0, good.state().getInt(16));
            assertEquals(5, bad.state().getInt(16));
            assertEquals(2, zero.state().getInt(16));
            // A bad reading is 0 with quality 2: neither what was measured nor a good 0.
            assertNotEquals(good.number(8), bad.number(8));
            assertNotEquals(zero.number(8), bad.number(8));
        }
    }

    @ParameterizedTest(
            name = "23 tick comes as often as the manifest says and tells of absence, {0}")
    @MethodSource(ENGINES)
    void tick(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            guest.process(60);
            assertTrue(guest.policy.ticks(guest.now()));
            assertEquals(List.of(), guest.tick(0));
            assertFalse(guest.policy.ticks(guest.now() + 999));
            assertTrue(guest.policy.ticks(guest.now() + 1000));
            List<GuestAbi.HazardRecord> silent = guest.tick(6);
            assertEquals("SILENT", silent.getFirst().code());
            assertEquals(6000.0, silent.getFirst().score());
            assertEquals(-1, silent.getFirst().idx());
        }
    }

    @ParameterizedTest(name = "24 a slot unbound is silent, bound again it starts anew, {0}")
    @MethodSource(ENGINES)
    void unbindAndRebind(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            guest.process(60, 60, 60, 60, 60, 60, 60, 60);
            assertEquals(2, guest.number(40 + 8 * 2));
            guest.policy.unbind(2);
            assertEquals(0b1011, guest.state().getInt(20));
            assertEquals(0, guest.number(40 + 8 * 2));
            // The third of these is a hazard of slot 2, which is not bound.
            GuestFault fault = guest.fault(60, 60, 120);
            assertEquals(PolicyFailure.Kind.PROTOCOL, fault.kind());
            assertTrue(fault.text().contains("slot is 2, not one of the 3"), fault.text());
        }
        try (Conform guest = new Conform(engine)) {
            guest.process(60, 60, 60);
            guest.policy.bind(2, new GuestAbi.Slot(Quantity.TEMPERATURE, 1));
            assertEquals(0b1111, guest.state().getInt(20));
            assertEquals(0, guest.number(40 + 8 * 2));
            assertEquals(1, guest.number(40 + 8));
            assertEquals(1, guest.process(60, 60, 60, 150).size());
        }
    }

    @ParameterizedTest(name = "25 new settings are taken, bad ones leave the old in place, {0}")
    @MethodSource(ENGINES)
    void reconfigure(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            guest.process(60);
            WasmPolicy old = guest.policy;
            GuestFault refused =
                    assertThrows(
                            GuestFault.class,
                            () ->
                                    old.reconfigured(
                                            Conform.level(100),
                                            Conform.level(160),
                                            Conform.slots(4)));
            assertEquals(PolicyFailure.Kind.ERROR_CODE, refused.kind());
            // The fixture took 160 before it refused it: the instance that runs has never seen it.
            assertEquals(100.0, guest.process(120).getFirst().limit());
            guest.policy =
                    old.reconfigured(Conform.level(100), Conform.level(130), Conform.slots(4));
            assertEquals(List.of(), guest.process(120));
            assertEquals(4.0, guest.process(140).getFirst().score());
        }
    }

    @ParameterizedTest(name = "26 one invalid record and nothing is said, {0}")
    @MethodSource(ENGINES)
    void invalidRecord(Engine engine) {
        for (int record : new int[] {20, 21, 22, 23, 24, 25, 26, 27}) {
            try (Conform mischief = new Conform(mischief(engine))) {
                // The first reading's hazard is sound; the second's is not.
                assertEquals(PolicyFailure.Kind.PROTOCOL, mischief.fault(150, record).kind());
            }
        }
    }

    @ParameterizedTest(name = "38 another version's state: copied, migrated, cold, refused, {0}")
    @MethodSource(ENGINES)
    void migrate(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            guest.process(60, 61);
            byte[] same = guest.policy.state();
            guest.policy = guest.fresh();
            assertTrue(guest.policy.takeOver(2, same));
            assertArrayEquals(same, guest.policy.state());
            guest.policy = guest.fresh();
            assertTrue(guest.policy.takeOver(1, new byte[] {7, 0, 0, 0, 0, 0, 0, 0}));
            assertEquals(8.0, guest.process(150).getFirst().score());
            GuestFault refused =
                    assertThrows(GuestFault.class, () -> guest.fresh().takeOver(3, new byte[8]));
            assertEquals(PolicyFailure.Kind.ERROR_CODE, refused.kind());
            GuestFault broke =
                    assertThrows(GuestFault.class, () -> guest.fresh().takeOver(8, new byte[8]));
            assertEquals(PolicyFailure.Kind.TRAP_UNREACHABLE, broke.kind());
            GuestFault large =
                    assertThrows(GuestFault.class, () -> guest.fresh().takeOver(1, new byte[2000]));
            assertTrue(large.text().contains("arg_cap is 1024"), large.text());
        }
        try (Conform mischief = new Conform(mischief(engine))) {
            assertFalse(mischief.policy.takeOver(1, new byte[8]));
        }
    }

    @ParameterizedTest(name = "41 after any trap the restored instance is as a fresh one, {0}")
    @MethodSource(ENGINES)
    void afterATrap(Engine engine) {
        for (int probe : new int[] {1, 2, 3, 4, 5, 8, 12, 15, 16, 18, 19}) {
            try (Conform trapped = new Conform(engine);
                    Conform untouched = new Conform(engine)) {
                trapped.process(60, 150, 61);
                untouched.process(60, 150, 61);
                byte[] saved = trapped.policy.state();
                assertArrayEquals(saved, untouched.policy.state());
                trapped.fault(probe);
                trapped.restore(saved);
                // Both skip the call that failed.
                untouched.restore(saved);
                assertEquals(
                        trapped.policy.process(0, 0, trapped.now(), 9),
                        untouched.policy.process(0, 0, trapped.now(), 9));
                assertArrayEquals(untouched.policy.state(), trapped.policy.state());
            }
        }
    }

    @ParameterizedTest(name = "42, 43 every run on every machine ends in the same state, {0}")
    @MethodSource(ENGINES)
    void replay(Engine engine) {
        double[] values = values(42, 800);
        try (Conform guest = new Conform(engine);
                Conform again = new Conform(engine);
                Conform reference = new Conform(Engine.INTERPRETER)) {
            List<Double> said = scores(guest, values, () -> 7);
            assertEquals(said, scores(again, values, () -> 7));
            assertEquals(said, scores(reference, values, () -> 7));
            assertArrayEquals(guest.policy.state(), again.policy.state());
            assertArrayEquals(reference.policy.state(), guest.policy.state());
        }
    }

    @ParameterizedTest(name = "44 a NaN has the same bits on every machine and CPU, {0}")
    @MethodSource(ENGINES)
    void canonicalNan(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            guest.process(6);
            for (int result = 0; result < 10; result++) {
                assertEquals(
                        "7ff8000000000000",
                        "%x".formatted(guest.number(104 + 8 * result)),
                        "f64 result " + result);
            }
            // abs, neg, copysign and a mere move keep the bits they were given.
            assertEquals(0xFFF0_0000_0000_0123L, guest.number(104 + 8 * 10));
            assertEquals(0x7FF0_0000_0000_0123L, guest.number(104 + 8 * 11));
            for (int result : new int[] {0, 1, 2, 3, 5}) {
                assertEquals(
                        0x7FC0_0000,
                        guest.state().getInt(104 + 96 + 4 * result),
                        "f32 result " + result);
            }
            assertEquals(0x7F80_0123, guest.state().getInt(104 + 96 + 16));
            assertEquals(0xFFF0_0000_0000_0123L, guest.number(104 + 120));
        }
    }

    @ParameterizedTest(name = "metrics are told by declared id, {0}")
    @MethodSource(ENGINES)
    void metrics(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            guest.process(7);
            assertEquals(Map.of("probes", 7.5), guest.policy.metrics());
            assertEquals(PolicyFailure.Kind.PROTOCOL, guest.fault(8).kind());
        }
        try (Conform guest = new Conform(engine)) {
            assertEquals(PolicyFailure.Kind.PROTOCOL, guest.fault(9).kind());
        }
    }

    @ParameterizedTest(name = "look-ups read the table that is pinned, within what is granted, {0}")
    @MethodSource(ENGINES)
    void lookups(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            byte[] row = "ward".getBytes(StandardCharsets.US_ASCII);
            var rooms = new ReferenceTables.Table("rooms", "7", Map.of(5L, row));
            var doors = new ReferenceTables.Table("doors", "1", Map.of(5L, row));
            ReferenceTables tables = new ReferenceTables(List.of(rooms, doors));
            assertEquals(Map.of("rooms", "7", "doors", "1"), tables.versions());
            guest.policy.pin(tables);
            guest.process(10);
            assertEquals(4, guest.state().getInt(104));
            assertEquals(-5, guest.state().getInt(108), "8 bytes would do, 2 are too few");
            assertEquals(-9, guest.state().getInt(112), "no such key");
            assertEquals(-7, guest.state().getInt(116), "the site does not give table doors");
            byte[] found = Arrays.copyOfRange(guest.policy.state(), 120, 124);
            assertEquals("ward", new String(found, StandardCharsets.US_ASCII));
            guest.policy.pin(ReferenceTables.NONE);
            guest.process(10);
            assertEquals(-9, guest.state().getInt(104));
            guest.policy.pin(tables);
            GuestFault outside = guest.fault(11);
            assertTrue(outside.text().contains("names 8 bytes at 65532"), outside.text());
        }
    }
}
