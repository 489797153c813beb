package dev.vigil.node.policies;

import dev.vigil.policy.Engine;
import dev.vigil.policy.Grant;
import dev.vigil.policy.PolicyCost;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.policy.trust.Admission;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Whether this node can afford a policy beside those that run (decision 0100). Owned by one thread
 * at a time.
 *
 * <p>What a reading costs is measured: of a policy that runs by what it used of late, of another
 * one by its golden readings; without either it is taken to need all it may use. How many readings
 * come is what came over the last minute, and never fewer than the site says.
 */
public final class PolicyBudget {
    /** Measurements kept: more than a site has versions at a time. */
    private static final int MEASURED_MAX = 256;

    /**
     * @param cpuShare of one processor core, for all policies together
     * @param readingsPerSecond of one channel that are reckoned with at least
     */
    public record Limits(double cpuShare, double readingsPerSecond) {}

    /** What a measurement holds for. */
    private record Measured(String sha256, Map<String, Double> settings, Grant grant) {}

    /**
     * A version as it is used here.
     *
     * @param state of the loaded version: its engine, its channels, what it used
     * @param wasm its module, for when that must be measured
     */
    record Use(PolicySpec spec, PolicyState state, Supplier<byte[]> wasm) {}

    private final Limits limits;
    private final ToDoubleFunction<Engine> nanosPerFuel;
    private final Map<Engine, Double> nanos = new EnumMap<>(Engine.class);
    private final Map<Measured, PolicyCost.Fuel> measured = new HashMap<>();
    private final PolicyRates rates = new PolicyRates();

    /**
     * @param nanosPerFuel what an instruction takes here; asked for each engine when it is needed
     *     first, and again before something is refused
     */
    public PolicyBudget(Limits limits, ToDoubleFunction<Engine> nanosPerFuel) {
        this.limits = limits;
        this.nanosPerFuel = nanosPerFuel;
    }

    /** How the policies that run are doing. */
    void observe(Instant now, List<PolicyState> states) {
        rates.observe(now, states);
    }

    /**
     * Whether a version may run.
     *
     * @param taken share of a core that the others take
     * @throws PolicyUnloadable when it breaks on its own golden readings
     */
    Admission.Answer judge(Use use, double taken) {
        return Admission.judge(
                use.spec().id(),
                cost(use, fuel(use).perReading()),
                new Admission.NodeBudget(limits.cpuShare(), taken));
    }

    /**
     * Measures once more what an instruction takes. A busy machine is not a slow one, and code that
     * was just loaded becomes faster: the best that was ever seen counts.
     *
     * @return whether it has become less, by a tenth at least
     */
    boolean measureAgain() {
        boolean better = false;
        for (Map.Entry<Engine, Double> known : nanos.entrySet()) {
            double before = known.getValue();
            double now = nanosPerFuel.applyAsDouble(known.getKey());
            known.setValue(Math.min(before, now));
            better |= now < 0.9 * before;
        }
        return better;
    }

    /** What a version that runs takes of a core. */
    double share(Use use) {
        return cost(use, used(use)).share();
    }

    private double used(Use use) {
        Optional<Double> seen = rates.of(use.spec().id()).flatMap(PolicyRates.Rate::fuelPerReading);
        if (seen.isPresent()) {
            return seen.get();
        }
        try {
            return fuel(use).perReading();
        } catch (PolicyUnloadable _) {
            // It runs, so that this is about its file of now.
            return use.spec().grant().fuelPerReading();
        }
    }

    /**
     * What a reading takes, by its golden readings.
     *
     * @throws PolicyUnloadable when it breaks on them
     */
    PolicyCost.Fuel fuel(Use use) {
        Measured key =
                new Measured(use.state().sha256(), use.spec().settings(), use.spec().grant());
        PolicyCost.Fuel known = measured.get(key);
        if (known != null) {
            return known;
        }
        // The same on every engine, and for this one nothing has to be compiled.
        PolicyCost.Fuel fuel =
                PolicyCost.fuel(
                        use.spec().id(),
                        use.wasm().get(),
                        key.settings(),
                        key.grant(),
                        Engine.REGISTER);
        if (measured.size() >= MEASURED_MAX) {
            measured.clear();
        }
        measured.put(key, fuel);
        return fuel;
    }

    private Admission.Cost cost(Use use, double fuelPerReading) {
        int channels = use.state().channels();
        double came =
                rates.of(use.spec().id())
                        .map(rate -> rate.readingsPerSecond() * channels / rate.channels())
                        .orElse(0.0);
        Engine engine = use.state().engine().orElse(Engine.REGISTER);
        return new Admission.Cost(
                fuelPerReading,
                nanos.computeIfAbsent(engine, nanosPerFuel::applyAsDouble),
                Math.max(came, limits.readingsPerSecond() * channels));
    }
}
