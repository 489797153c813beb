package dev.vigil.policy;

import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * All policies of a node. Loaded anywhere; from then on owned by one platform thread, whose
 * interrupt flag it uses to stop a policy that runs too long.
 *
 * <ol>
 *   <li>Every batch goes to every policy; what a policy has not subscribed to is skipped.
 *   <li>Nothing a policy does is thrown: it is {@link Verdict.Undecided}, with the findings of the
 *       built-in rule on the same readings.
 *   <li>After a failure the policy is made anew with its last saved state (at most a second old,
 *       never older than a hazard it announced) and tried on the next batch. {@link #STRIKES_OUT}
 *       failures within {@link #STRIKES_WITHIN} of logical time put it out for good.
 *   <li>What the built-in rule raised it clears itself, also after the policy is back.
 * </ol>
 */
public final class PolicySet implements AutoCloseable {
    public static final int STRIKES_OUT = 3;
    public static final Duration STRIKES_WITHIN = Duration.ofMinutes(1);

    /** What the {@link Watchdog} counts deadlines in. */
    private static final Duration TICK = Duration.ofMillis(10);

    private final List<GuardedPolicy> policies;
    private final Watchdog watchdog;
    private final BatchRows rows;

    private PolicySet(
            List<GuardedPolicy> policies, Watchdog watchdog, List<SensorChannel> channels) {
        this.policies = List.copyOf(policies);
        this.watchdog = watchdog;
        this.rows = new BatchRows(channels);
    }

    /**
     * Loads all policies, each on the fastest engine there is.
     *
     * @throws PolicyUnloadable for the first that can't be used
     */
    public static PolicySet load(List<PolicySpec> specs) {
        return load(specs, PolicyModule::preferred, true);
    }

    /** As {@link #load(List)}, all on the same engine. */
    public static PolicySet load(List<PolicySpec> specs, Engine engine) {
        return load(specs, module -> engine, true);
    }

    /**
     * For a node that must run: a policy that can't be used is {@link PolicyState.Status#FAILED}
     * from the start, and the built-in rule watches all its channels. Every {@link #evaluate} says
     * so.
     */
    public static PolicySet loadOrStandIn(List<PolicySpec> specs) {
        return load(specs, PolicyModule::preferred, false);
    }

    /** What is wrong with these policies, one for each that can't be used; nothing is kept. */
    public static List<PolicyUnloadable> check(List<PolicySpec> specs) {
        List<PolicyUnloadable> wrong = new ArrayList<>();
        for (PolicySpec spec : specs) {
            try {
                load(List.of(spec)).close();
            } catch (PolicyUnloadable e) {
                wrong.add(e);
            }
        }
        return wrong;
    }

    private static PolicySet load(
            List<PolicySpec> specs, Function<String, Engine> engines, boolean strict) {
        Map<SensorChannel, Integer> numbers = new LinkedHashMap<>();
        for (PolicySpec spec : specs) {
            spec.channels().forEach(channel -> numbers.putIfAbsent(channel, numbers.size()));
        }
        Watchdog watchdog = new Watchdog(TICK);
        List<GuardedPolicy> policies = new ArrayList<>();
        for (PolicySpec spec : specs) {
            try {
                policies.add(
                        GuardedPolicy.load(spec, engines.apply(spec.module()), numbers, watchdog));
            } catch (PolicyModule.Refused e) {
                String message = "policy %s: %s".formatted(spec.id(), e.text());
                if (strict) {
                    watchdog.close();
                    throw new PolicyUnloadable(spec.id(), message);
                }
                policies.add(GuardedPolicy.out(spec, message, numbers, watchdog));
            }
        }
        return new PolicySet(policies, watchdog, List.copyOf(numbers.keySet()));
    }

    /** One judgement for each policy, in the order of the specs. */
    public List<Judgement> evaluate(Batch batch) {
        boolean interrupted = Thread.interrupted();
        rows.take(batch);
        List<Judgement> judgements = new ArrayList<>(policies.size());
        for (GuardedPolicy policy : policies) {
            judgements.add(policy.judge(rows));
        }
        restore(interrupted);
        return judgements;
    }

    /** Tells the time to the policies that want to know; their judgements. */
    public List<Judgement> tick(Instant now) {
        boolean interrupted = Thread.interrupted();
        rows.advance(now);
        List<Judgement> judgements = new ArrayList<>();
        for (GuardedPolicy policy : policies) {
            policy.tick(rows.nowMillis()).ifPresent(judgements::add);
        }
        restore(interrupted);
        return judgements;
    }

    /** How each policy is doing, in the order of the specs. */
    public List<PolicyState> states() {
        return policies.stream().map(GuardedPolicy::state).toList();
    }

    /** An interrupt from outside is the owner's business: it finds its flag as it was. */
    private void restore(boolean interrupted) {
        if (watchdog.interruptedFromOutside() || interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the watchdog's thread. */
    @Override
    public void close() {
        watchdog.close();
    }
}
