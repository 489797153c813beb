package dev.vigil.node.policies;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.policy.Engine;
import dev.vigil.policy.PolicyState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PolicyRatesTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private final PolicyRates rates = new PolicyRates();

    @Test
    void tellsNothingBeforeTwoLooks() {
        assertEquals(Optional.empty(), rates.of("heat"));

        observe(0, "v1", 0, 0);

        assertEquals(Optional.empty(), rates.of("heat"));
    }

    @Test
    void tellsTheMeanOfTheLastMinute() {
        observe(0, "v1", 0, 0);
        for (int second = 1; second <= 600; second++) {
            // ten a second in the last minute, none before; 200 instructions each
            long readings = Math.max(0, second - 540) * 10L;
            observe(second, "v1", readings, readings * 200);
        }

        assertEquals(
                Optional.of(new PolicyRates.Rate(10, 4, Optional.of(200.0))), rates.of("heat"));
    }

    @Test
    void fewReadingsTellHowManyComeButNotWhatTheyCost() {
        observe(0, "v1", 0, 0);
        observe(10, "v1", 50, 5_000);

        assertEquals(Optional.of(new PolicyRates.Rate(5, 4, Optional.empty())), rates.of("heat"));
    }

    @Test
    void aNewVersionAndAClockThatWasSetBackBeginAnew() {
        observe(0, "v1", 0, 0);
        observe(10, "v1", 1_000, 0);
        observe(20, "v2", 2_000, 0);
        assertEquals(Optional.empty(), rates.of("heat"));

        observe(30, "v2", 2_100, 300);
        assertEquals(Optional.of(new PolicyRates.Rate(10, 4, Optional.of(3.0))), rates.of("heat"));

        observe(-1000, "v2", 2_200, 600);
        assertEquals(Optional.empty(), rates.of("heat"));
    }

    private void observe(long second, String sha256, long readings, long fuel) {
        rates.observe(START.plusSeconds(second), List.of(state(sha256, readings, fuel)));
    }

    private static PolicyState state(String sha256, long readings, long fuel) {
        return new PolicyState(
                "heat",
                "heat",
                "1",
                sha256,
                PolicyState.Status.RUNNING,
                Optional.of(Engine.REGISTER),
                4,
                readings,
                fuel,
                0,
                0,
                0,
                0,
                0,
                Optional.empty());
    }
}
