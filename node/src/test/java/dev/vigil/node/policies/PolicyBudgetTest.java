package dev.vigil.node.policies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.ModuleSource;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.trust.Admission;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PolicyBudgetTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final PolicySpec HEAT =
            new PolicySpec("heat", "heat", List.of(room(1), room(2)), Map.of());

    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void aPolicyThatNothingIsKnownOfNeedsAllItMayUse() {
        PolicyBudget budget = budget(0.5, 100);

        Admission.Answer answer = budget.judge(use(loaded()), 0.1);

        // 20,000 instructions x 2 ns x 2 channels x 100 a second
        assertEquals(
                "heat: 20000 instructions a reading x 2.00 ns x 200 readings/s = 0.80 % of a core;"
                        + " other policies take 10.00 % of the node's 50.00 %",
                answer.message());
        assertInstanceOf(Admission.Admitted.class, answer);
        assertInstanceOf(Admission.TooCostly.class, budget.judge(use(loaded()), 0.4921));
        assertEquals(1, asked.get(), "what an instruction takes is measured once");
    }

    @Test
    void whatRunsCostsWhatItUsedOfLateOnTheReadingsThatCame() {
        PolicyBudget budget = budget(0.5, 1);
        PolicyState before = loaded();
        PolicyState after = used(before, 100_000, 100_000L * 150);

        budget.observe(START, List.of(before));
        budget.observe(START.plusSeconds(20), List.of(after));

        // 150 instructions x 2 ns x 5,000 a second
        assertEquals(0.0015, budget.share(use(after)), 1e-9);
        assertTrue(
                budget.judge(use(loaded()), 0).message().contains("x 5000 readings/s"),
                "a new version gets as many readings");
    }

    @Test
    void theBestMeasurementCounts() {
        double[] measurements = {8, 4, 5, 3.9};
        PolicyBudget budget =
                new PolicyBudget(
                        new PolicyBudget.Limits(0.5, 1),
                        _ -> measurements[asked.getAndIncrement()]);

        // 20,000 instructions x 2 channels x 1 a second
        assertEquals(40_000 * 8e-9, budget.share(use(loaded())), 1e-12);
        assertTrue(budget.measureAgain());
        assertEquals(40_000 * 4e-9, budget.share(use(loaded())), 1e-12);
        assertTrue(!budget.measureAgain(), "it was slower");
        assertTrue(!budget.measureAgain(), "hardly better");
    }

    private PolicyBudget budget(double share, double readings) {
        return new PolicyBudget(
                new PolicyBudget.Limits(share, readings),
                _ -> {
                    asked.incrementAndGet();
                    return 2;
                });
    }

    private static PolicyState loaded() {
        try (PolicyCandidate heat = PolicyCandidate.load(HEAT)) {
            return heat.state();
        }
    }

    private static PolicyState used(PolicyState state, long readings, long fuel) {
        return new PolicyState(
                state.id(),
                state.module(),
                state.version(),
                state.sha256(),
                state.status(),
                state.engine(),
                state.channels(),
                readings,
                fuel,
                0,
                0,
                0,
                0,
                0,
                state.lastFailure());
    }

    private static PolicyBudget.Use use(PolicyState state) {
        return new PolicyBudget.Use(
                HEAT,
                state,
                () -> {
                    try {
                        return ModuleSource.read("heat");
                    } catch (IOException e) {
                        throw new UncheckedIOException("bundled", e);
                    }
                });
    }

    private static SensorChannel room(int number) {
        return new SensorChannel(
                new SensorId("room-%d/temperature".formatted(number)),
                Quantity.TEMPERATURE,
                "room-" + number);
    }
}
