package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.JournalFault;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeds of {@link WatchSimulation}. {@code -Dvigil.seeds=10000} for a long run. */
class WatchSimulationTest {
    private static final int SEEDS = Integer.getInteger("vigil.seeds", 200);
    private static final int EVENTS = 400;

    /** Thousands of faults are its business. */
    private static final Logger LOG = Logger.getLogger(Committer.class.getName());

    @BeforeAll
    static void quiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LOG.setLevel(null);
    }

    @Test
    void promisesHoldThroughDiskUplinkAndPowerFaults() {
        long crashes = 0;
        long acknowledged = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Outcome outcome = run(seed);
            crashes += outcome.crashes();
            acknowledged += outcome.acknowledged();
        }
        String counts =
                "%d seeds, %d crashes, %d acknowledged readings"
                        .formatted(SEEDS, crashes, acknowledged);
        // CHECKSTYLE OFF: the count is part of the result
        System.out.println("simulation: " + counts);
        // CHECKSTYLE ON
        assertTrue(crashes >= SEEDS && acknowledged >= 100L * SEEDS, "too tame: " + counts);
    }

    /** Seeds that once failed. */
    @ParameterizedTest
    @ValueSource(longs = {4, 6, 11, 13, 22, 27, 39, 40, 122, 270, 307, 963, 1767, 1772})
    void seedsThatOnceFailed(long seed) {
        run(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 39})
    void aSeedRepeatsItself(long seed) {
        assertEquals(run(seed), run(seed));
    }

    /**
     * What became of a seed.
     *
     * @param course a hash of its every event
     */
    private record Outcome(int crashes, int acknowledged, int course) {}

    private static Outcome run(long seed) {
        try (WatchSimulation simulation = new WatchSimulation(seed)) {
            for (int event = 0; event < EVENTS; event++) {
                simulation.step();
            }
            simulation.healAndFinish();
            return new Outcome(
                    simulation.crashes(), simulation.acknowledgedCount(), simulation.course());
        } catch (AssertionError | JournalFault | IllegalStateException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
