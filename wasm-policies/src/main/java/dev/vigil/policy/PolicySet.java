package dev.vigil.policy;

import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 *       failures within {@link #STRIKES_WITHIN} of logical time put it out until it is swapped.
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
        return load(specs, loader(PolicyModule::preferred), true);
    }

    /** As {@link #load(List)}, all on the same engine. */
    public static PolicySet load(List<PolicySpec> specs, Engine engine) {
        return load(specs, loader(_ -> engine), true);
    }

    /**
     * For a node that must run: a policy that can't be used is {@link PolicyState.Status#FAILED}
     * from the start, and the built-in rule watches all its channels. Every {@link #evaluate} says
     * so.
     */
    public static PolicySet loadOrStandIn(List<PolicySpec> specs) {
        return loadOrStandIn(specs, new SiteModules(specs));
    }

    /** As {@link #loadOrStandIn(List)}, of modules that are loaded already. */
    public static PolicySet loadOrStandIn(List<PolicySpec> specs, SiteModules modules) {
        return load(specs, modules::version, false);
    }

    /** Makes a version; a module that breaks a rule is a {@link PolicyModule.Refused}. */
    private interface Loader {
        PolicyVersion load(PolicySpec spec, Watchdog watchdog);
    }

    private static Loader loader(Function<String, Engine> engines) {
        return (spec, watchdog) ->
                PolicyVersion.load(
                        spec,
                        PolicyModule.read(spec.module()),
                        engines.apply(spec.module()),
                        watchdog);
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

    private static PolicySet load(List<PolicySpec> specs, Loader loader, boolean strict) {
        Map<SensorChannel, Integer> numbers = new LinkedHashMap<>();
        for (PolicySpec spec : specs) {
            spec.channels().forEach(channel -> numbers.putIfAbsent(channel, numbers.size()));
        }
        Watchdog watchdog = watchdog();
        List<GuardedPolicy> policies = new ArrayList<>();
        for (PolicySpec spec : specs) {
            try {
                policies.add(GuardedPolicy.of(loader.load(spec, watchdog), numbers, watchdog));
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

    static Watchdog watchdog() {
        return new Watchdog(TICK);
    }

    /** One judgement for each policy, in the order of the specs. */
    public List<Judgement> evaluate(Batch batch) {
        boolean interrupted = Thread.interrupted();
        rows.take(batch);
        List<Judgement> judgements = new ArrayList<>(policies.size());
        for (GuardedPolicy policy : policies) {
            judgements.add(policy.judge(rows, 0));
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

    /**
     * Whether a swap can give the candidate the armed version's state as it is: it judges, and both
     * have the same state version and channels.
     */
    public boolean copies(PolicyCandidate candidate) {
        Optional<PolicyVersion> next = candidate.guarded().armed();
        Optional<PolicyVersion> armed = policy(candidate.policy()).armed();
        return next.isPresent()
                && armed.isPresent()
                && next.get().stateVersion() == armed.get().stateVersion()
                && next.get().channels().equals(armed.get().channels());
    }

    /**
     * Arms the candidate's version: it judges from the next batch on. A candidate that has a state
     * keeps it; another one gets the armed version's, when {@link #copies} says so, and else begins
     * anew. The candidate is to be closed by its owner, who does not use it any more.
     *
     * @throws IllegalStateException when the candidate is out: nothing has changed
     */
    public Swap swap(PolicyCandidate candidate) {
        GuardedPolicy policy = policy(candidate.policy());
        String before = policy.state().version();
        boolean copies = !candidate.stateful() && copies(candidate);
        PolicyVersion next = candidate.guarded().release();
        String cold = candidate.stateful() ? "" : "there was no state to take over";
        if (copies) {
            PolicyVersion armed = policy.armed().orElseThrow();
            try {
                next.takeOver(
                        armed.stateVersion(), armed.state(), armed.tickedMillis(), armed.raised());
                next.gap(armed.gap());
            } catch (GuestFault e) {
                copies = false;
                cold = e.text();
            }
        }
        List<Hazard> changes = policy.adopt(next, policy.raisedByVersion());
        return new Swap(candidate.policy(), before, next.version(), copies, cold, changes);
    }

    /**
     * As {@link #swap} with a candidate that comes from a snapshot and the history since: the time
     * of its channels and the built-in rule go on from there, too.
     */
    public Swap resume(PolicyCandidate candidate) {
        List<SensorChannel> channels =
                candidate.guarded().armed().map(PolicyVersion::channels).orElse(List.of());
        Swap swap = swap(candidate);
        rows.follow(candidate.rows(), channels);
        List<Hazard> standing = candidate.guarded().rule().hazards();
        policy(candidate.policy()).rule().restore(standing);
        List<Hazard> changes = new ArrayList<>(swap.changes());
        changes.addAll(standing);
        return new Swap(swap.policy(), swap.from(), swap.to(), swap.copied(), swap.cold(), changes);
    }

    /**
     * What a swap did.
     *
     * @param from version before, {@code -} when there was none
     * @param copied the state was taken over from the version before, byte for byte
     * @param cold why there is no state; empty when there is one
     * @param changes hazards that are raised or cleared by the swap itself
     */
    public record Swap(
            String policy,
            String from,
            String to,
            boolean copied,
            String cold,
            List<Hazard> changes) {
        public Swap {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The state of every policy that judges, as of the last batch.
     *
     * @param stream and {@code lastSequence}: what the states hold
     */
    public List<PolicySnapshot> snapshots(String stream, long lastSequence) {
        List<PolicySnapshot> snapshots = new ArrayList<>();
        for (GuardedPolicy policy : policies) {
            policy.armed()
                    .ifPresent(
                            version ->
                                    snapshots.add(
                                            PolicyCandidate.snapshot(
                                                    version,
                                                    policy.rule(),
                                                    rows,
                                                    stream,
                                                    lastSequence)));
        }
        return snapshots;
    }

    /** As {@link #snapshots}, of one policy; empty when it is out. */
    public Optional<PolicySnapshot> snapshot(String id, String stream, long lastSequence) {
        GuardedPolicy policy = policy(id);
        return policy.armed()
                .map(
                        version ->
                                PolicyCandidate.snapshot(
                                        version, policy.rule(), rows, stream, lastSequence));
    }

    private GuardedPolicy policy(String id) {
        for (GuardedPolicy policy : policies) {
            if (policy.id().equals(id)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("there is no policy '%s' in this set".formatted(id));
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
