package dev.vigil.node.policies;

import dev.vigil.policy.PolicyState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the policies that run had to do of late: means over up to a minute, of the version that runs
 * now. Owned by one thread.
 */
final class PolicyRates {
    static final Duration EVERY = Duration.ofSeconds(10);
    private static final int SAMPLES = 7;

    /** Fewer say too little about what a reading costs. */
    private static final long READINGS_MIN = 100;

    private record Sample(Instant at, PolicyState state) {
        boolean follows(Sample before) {
            return state.sha256().equals(before.state.sha256()) && at.isAfter(before.at);
        }
    }

    /**
     * @param channels that sent so much together
     * @param fuelPerReading instructions a reading took; empty when too few came
     */
    record Rate(double readingsPerSecond, int channels, Optional<Double> fuelPerReading) {}

    private final Map<String, Deque<Sample>> samples = new HashMap<>();
    private Instant observed = Instant.MIN;

    /** To be told often; what comes within {@link #EVERY} is passed over. */
    void observe(Instant now, List<PolicyState> states) {
        if (!now.isBefore(observed) && now.minus(EVERY).isBefore(observed)) {
            return;
        }
        observed = now;
        for (PolicyState state : states) {
            Deque<Sample> some = samples.computeIfAbsent(state.id(), _ -> new ArrayDeque<>());
            Sample next = new Sample(now, state);
            if (!some.isEmpty() && !next.follows(some.getLast())) {
                some.clear();
            }
            some.addLast(next);
            if (some.size() > SAMPLES) {
                some.removeFirst();
            }
        }
    }

    /** Empty until there is something to compare. */
    Optional<Rate> of(String policy) {
        Deque<Sample> some = samples.getOrDefault(policy, new ArrayDeque<>());
        if (some.size() < 2) {
            return Optional.empty();
        }
        Sample first = some.getFirst();
        Sample last = some.getLast();
        double seconds = Duration.between(first.at, last.at).toMillis() / 1000.0;
        long readings = last.state.readings() - first.state.readings();
        long fuel = last.state.fuel() - first.state.fuel();
        return Optional.of(
                new Rate(
                        readings / seconds,
                        Math.max(1, last.state.channels()),
                        readings < READINGS_MIN
                                ? Optional.empty()
                                : Optional.of((double) fuel / readings)));
    }
}
