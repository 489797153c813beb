package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The conformance list, 45: a call that the clock ended is recorded, and a replay honours the
 * record instead of its own clock, however its readings are cut into calls.
 */
class DeadlineReplayTest {
    private static final SensorChannel HALL = Rooms.channel("hall", Quantity.TEMPERATURE);
    private static final int READINGS = 120;

    /** Value 1 makes the fixture spin. */
    private static final int SPINS_AT = 59;

    private static final int LIVE_CUT = 7;

    /** One policy on fixture conform.wat with what stands behind it, as a policy set has it. */
    private static final class Guarded implements AutoCloseable {
        private final Watchdog watchdog = new Watchdog(Duration.ofMillis(10));
        private final PolicyVersion version;
        private final GuardedPolicy policy;
        private final BatchRows rows = new BatchRows(List.of(HALL));

        Guarded(Engine engine, Duration deadline) {
            PolicyModule module = Conform.module(engine);
            Grant grant = module.grant();
            Grant endless =
                    new Grant(
                            Long.MAX_VALUE / 2,
                            Long.MAX_VALUE / 2,
                            deadline,
                            grant.pages(),
                            grant.hostCallsPerBatch(),
                            grant.stateBytes(),
                            grant.slots(),
                            grant.capabilities());
            PolicySpec spec = new PolicySpec("conform", "conform", List.of(HALL), Map.of());
            version = PolicyVersion.of(spec, Conform.with(module, endless), "0", watchdog);
            var numbers = new LinkedHashMap<SensorChannel, Integer>(Map.of(HALL, 0));
            policy = GuardedPolicy.of(version, numbers, watchdog);
        }

        Verdict judge(int from, int to, List<PolicyGap> gaps) {
            rows.take(batch(from, to), gaps);
            return policy.judge(rows, 0).verdict();
        }

        @Override
        public void close() {
            watchdog.close();
        }
    }

    private static Batch batch(int from, int to) {
        Random random = new Random(45);
        List<Reading> all = new ArrayList<>();
        for (int i = 0; i < to; i++) {
            double value = 50 + 40 * random.nextDouble();
            all.add(Rooms.reading(HALL, 0.1 * i, i == SPINS_AT ? 1 : value));
        }
        return new Batch(all.getLast().at(), from, all.subList(from, to));
    }

    @ParameterizedTest(name = "45 a call ended by the deadline replays as it was, {0}")
    @EnumSource(Engine.class)
    void theStateIsTheSameByteForByte(Engine engine) {
        byte[] live;
        List<PolicyGap> gaps = new ArrayList<>();
        try (Guarded guarded = new Guarded(engine, Duration.ofMillis(500))) {
            for (int from = 0; from < READINGS; from += LIVE_CUT) {
                int to = Math.min(READINGS, from + LIVE_CUT);
                Verdict verdict = guarded.judge(from, to, List.of());
                assertEquals(SPINS_AT >= from && SPINS_AT < to, undecided(verdict));
                if (verdict instanceof Verdict.Undecided(var _, var _, var missing)) {
                    missing.ifPresent(gaps::add);
                }
            }
            live = guarded.version.state();
        }
        PolicyGap gap = gaps.getFirst();
        assertEquals(1, gaps.size());
        assertEquals(PolicyFailure.Kind.DEADLINE, gap.kind());
        // The call had 56 to 62; 49 to 55 were judged, and not saved yet.
        assertEquals(List.of(49L, 62L), List.of(gap.first(), gap.last()));

        Random cuts = new Random(46);
        try (Guarded replayed = new Guarded(engine, Duration.ofSeconds(60))) {
            for (int from = 0; from < READINGS; ) {
                int to = Math.min(READINGS, from + 1 + cuts.nextInt(40));
                assertFalse(undecided(replayed.judge(from, to, gaps)));
                from = to;
            }
            assertArrayEquals(live, replayed.version.state());
        }
    }

    private static boolean undecided(Verdict verdict) {
        return verdict instanceof Verdict.Undecided;
    }

    @Test
    void aFailureGoesNotBehindASnapshotAndTheNextOneTellsOfTheGap(@TempDir Path folder) {
        String file = Fixtures.file(folder, "mischief", Fixtures.MISCHIEF);
        PolicySpec spec = new PolicySpec("mine", file, List.of(HALL), Map.of());
        try (PolicySet set = PolicySet.load(List.of(spec));
                PolicyCandidate restored = PolicyCandidate.load(spec)) {
            // All within a second: without the snapshot only the first would be in the saved state.
            set.evaluate(new Batch(Rooms.at(0), 0, List.of(Rooms.reading(HALL, 0, 30))));
            set.evaluate(new Batch(Rooms.at(0.1), 1, List.of(Rooms.reading(HALL, 0.1, 30))));
            PolicySnapshot before = set.snapshots("s", 1).getFirst();
            Batch bad = new Batch(Rooms.at(0.2), 2, List.of(Rooms.reading(HALL, 0.2, 1)));
            Verdict verdict = set.evaluate(bad).getFirst().verdict();
            var failed = assertInstanceOf(Verdict.Undecided.class, verdict);
            PolicySnapshot after = SnapshotCodec.decode(encoded(set, 2));
            restored.restore(after);
            PolicySnapshot again = restored.snapshot("s", 2).orElseThrow();
            Batch good = new Batch(Rooms.at(0.3), 3, List.of(Rooms.reading(HALL, 0.3, 30)));
            set.evaluate(good);

            PolicyGap gap = failed.missing().orElseThrow();
            assertEquals(List.of(2L, 2L), List.of(gap.first(), gap.last()));
            assertArrayEquals(before.state(), after.state());
            assertFalse(before.gap());
            assertTrue(after.gap() && again.gap());
            assertFalse(set.snapshots("s", 3).getFirst().gap(), "it was told");
        }
    }

    private static byte[] encoded(PolicySet set, long lastSequence) {
        return SnapshotCodec.encode(set.snapshots("s", lastSequence).getFirst());
    }

    @Test
    void aSetHandsOutWhatIsMissingAndACandidateReplaysWithoutIt(@TempDir Path folder) {
        String file = Fixtures.file(folder, "mischief", Fixtures.MISCHIEF);
        PolicySpec spec = new PolicySpec("mine", file, List.of(HALL), Map.of());
        Batch good = Rooms.batch(List.of(Rooms.reading(HALL, 0, 30)));
        Batch bad = new Batch(Rooms.at(1), 1, List.of(Rooms.reading(HALL, 1, 2)));
        try (PolicySet set = PolicySet.load(List.of(spec));
                PolicyCandidate candidate = PolicyCandidate.load(spec)) {
            set.evaluate(good);
            Verdict verdict = set.evaluate(bad).getFirst().verdict();
            var failed = assertInstanceOf(Verdict.Undecided.class, verdict);

            PolicyGap gap = failed.missing().orElseThrow();
            assertEquals(new PolicyGap("mine", failed.failure().kind(), 1, 1), gap);
            List<PolicyGap> gaps = List.of(gap);
            candidate.replay(good, gaps);
            assertFalse(undecided(candidate.replay(bad, gaps).verdict()));
            assertTrue(undecided(candidate.replay(bad, List.of()).verdict()));
        }
    }
}
