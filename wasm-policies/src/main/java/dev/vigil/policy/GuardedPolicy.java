package dev.vigil.policy;

import dev.vigil.sensor.SensorChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy with what stands behind it: saved state, strikes, and the built-in rule. Owned by the
 * thread that owns its {@link PolicySet}. Never throws for what a guest does.
 */
final class GuardedPolicy {
    private static final Verdict.Normal NORMAL = new Verdict.Normal();

    private final String id;
    private final Map<SensorChannel, Integer> numbers;
    private final Watchdog watchdog;
    private final Judgement normal;
    private final ThresholdRule rule;
    private final List<SensorChannel> channels;
    private final int[] ruleSlotOf;
    private final Deque<Long> strikes = new ArrayDeque<>();

    private PolicySpec spec;
    private @Nullable PolicyVersion version;

    /** It judges; otherwise the rule does, alone. */
    private boolean armed;

    private long hazardCount;
    private long failures;
    private long readingsBefore;
    private long fuelBefore;
    private long logDroppedBefore;
    private @Nullable PolicyFailure lastFailure;

    /**
     * @param numbers of all channels of the set
     */
    private GuardedPolicy(PolicySpec spec, Map<SensorChannel, Integer> numbers, Watchdog watchdog) {
        this.id = spec.id();
        this.spec = spec;
        this.numbers = numbers;
        this.watchdog = watchdog;
        this.normal = new Judgement(id, NORMAL);
        this.channels = spec.channels().stream().distinct().toList();
        this.rule = new ThresholdRule(id, channels);
        this.ruleSlotOf = new int[numbers.size()];
        Arrays.fill(ruleSlotOf, -1);
        for (int slot = 0; slot < channels.size(); slot++) {
            ruleSlotOf[numbers.getOrDefault(channels.get(slot), -1)] = slot;
        }
    }

    static GuardedPolicy of(
            PolicyVersion version, Map<SensorChannel, Integer> numbers, Watchdog watchdog) {
        GuardedPolicy guarded = new GuardedPolicy(version.spec(), numbers, watchdog);
        version.bind(numbers, watchdog);
        guarded.version = version;
        guarded.armed = true;
        return guarded;
    }

    /** A policy that could not be loaded: the built-in rule on all its channels. */
    static GuardedPolicy out(
            PolicySpec spec,
            String reason,
            Map<SensorChannel, Integer> numbers,
            Watchdog watchdog) {
        GuardedPolicy out = new GuardedPolicy(spec, numbers, watchdog);
        out.lastFailure = new PolicyFailure(PolicyFailure.Kind.UNLOADABLE, reason);
        return out;
    }

    String id() {
        return id;
    }

    /** The version that judges; empty when it is out. */
    Optional<PolicyVersion> armed() {
        return armed ? Optional.ofNullable(version) : Optional.empty();
    }

    ThresholdRule rule() {
        return rule;
    }

    Judgement judge(BatchRows rows, int flags) {
        PolicyVersion running = version;
        if (running == null || !armed) {
            return new Judgement(
                    id, new Verdict.Undecided(outReason(), standIn(rows), Optional.empty()));
        }
        List<Hazard> hazards;
        try {
            hazards = running.judge(rows, flags);
        } catch (GuestFault e) {
            return failed(e, running, rows.nowMillis(), standIn(rows));
        }
        if (rule.raised() > 0) {
            // It was needed a moment ago: what it raised is cleared by its own hysteresis.
            hazards = new ArrayList<>(hazards);
            hazards.addAll(standIn(rows));
        }
        return judgement(hazards);
    }

    /** Empty when the policy does not want to know the time. */
    Optional<Judgement> tick(long nowMillis) {
        PolicyVersion running = version;
        if (running == null || !armed || !running.ticks(nowMillis)) {
            return Optional.empty();
        }
        try {
            return Optional.of(judgement(running.tick(nowMillis)));
        } catch (GuestFault e) {
            return Optional.of(failed(e, running, nowMillis, List.of()));
        }
    }

    private Judgement judgement(List<Hazard> hazards) {
        if (hazards.isEmpty()) {
            return normal;
        }
        hazardCount += hazards.size();
        return new Judgement(id, new Verdict.Hazardous(hazards));
    }

    private List<Hazard> standIn(BatchRows rows) {
        List<Hazard> hazards = new ArrayList<>();
        for (int row = 0; row < rows.count(); row++) {
            int number = rows.channel(row);
            int slot = number < 0 ? -1 : ruleSlotOf[number];
            if (slot >= 0) {
                rule.judge(slot, rows.reading(row), hazards);
            }
        }
        return hazards;
    }

    /** Counts a strike and brings back the saved state in a new instance, or gives up. */
    private Judgement failed(
            GuestFault fault, PolicyVersion running, long nowMillis, List<Hazard> standIn) {
        PolicyFailure failure = failure(fault);
        lastFailure = failure;
        Optional<PolicyGap> missing = running.missing(fault.kind());
        failures++;
        strikes.addLast(nowMillis);
        forgetStrikes(nowMillis);
        armed = strikes.size() < PolicySet.STRIKES_OUT;
        if (armed) {
            try {
                running.recover();
            } catch (GuestFault e) {
                lastFailure = failure(e);
                armed = false;
            }
        }
        return new Judgement(id, new Verdict.Undecided(failure, standIn, missing));
    }

    private void forgetStrikes(long nowMillis) {
        while (!strikes.isEmpty()
                && nowMillis - strikes.getFirst() > PolicySet.STRIKES_WITHIN.toMillis()) {
            strikes.removeFirst();
        }
    }

    private PolicyFailure failure(GuestFault fault) {
        return new PolicyFailure(
                fault.kind(), "policy %s (%s): %s".formatted(id, spec.module(), fault.text()));
    }

    private PolicyFailure outReason() {
        PolicyFailure failure = lastFailure;
        if (failure == null) {
            throw new IllegalStateException("policy " + id + " is out without a failure");
        }
        return failure;
    }

    /** The version leaves for another owner; what is left here is out. */
    PolicyVersion release() {
        PolicyVersion leaving = version;
        if (leaving == null || !armed) {
            throw new IllegalStateException("policy %s: %s".formatted(id, outReason().detail()));
        }
        version = null;
        armed = false;
        lastFailure = new PolicyFailure(PolicyFailure.Kind.UNLOADABLE, "handed over");
        return leaving;
    }

    /**
     * From now on this version judges. Strikes begin anew; what the version before had raised and
     * this one has not is cleared, and the other way round.
     *
     * @return what changes by that, for the incidents
     */
    List<Hazard> adopt(PolicyVersion next, List<Hazard> raisedBefore) {
        PolicyVersion before = version;
        if (before != null) {
            readingsBefore += before.readings();
            fuelBefore += before.fuel();
            logDroppedBefore += before.logDropped();
        }
        readingsBefore -= next.readings();
        fuelBefore -= next.fuel();
        logDroppedBefore -= next.logDropped();
        next.bind(numbers, watchdog);
        version = next;
        spec = next.spec();
        armed = true;
        strikes.clear();
        return differences(raisedBefore, next.raised());
    }

    static List<Hazard> differences(List<Hazard> before, List<Hazard> after) {
        List<Hazard> changes = new ArrayList<>();
        for (Hazard hazard : before) {
            if (!has(after, hazard)) {
                changes.add(hazard.cleared());
            }
        }
        for (Hazard hazard : after) {
            if (!has(before, hazard)) {
                changes.add(hazard);
            }
        }
        return changes;
    }

    private static boolean has(List<Hazard> hazards, Hazard wanted) {
        PolicyVersion.Raising raising = PolicyVersion.Raising.of(wanted);
        return hazards.stream().anyMatch(h -> PolicyVersion.Raising.of(h).equals(raising));
    }

    /** Hazards its version has raised, also when it is out by now. */
    List<Hazard> raisedByVersion() {
        PolicyVersion current = version;
        return current == null ? List.of() : current.raised();
    }

    PolicyState state() {
        PolicyVersion loaded = version;
        return new PolicyState(
                id,
                spec.module(),
                loaded == null ? "-" : loaded.version(),
                loaded == null ? "-" : loaded.sha256(),
                status(),
                Optional.ofNullable(loaded).map(PolicyVersion::engine),
                loaded == null ? channels.size() : loaded.channels().size(),
                readingsBefore + (loaded == null ? 0 : loaded.readings()),
                fuelBefore + (loaded == null ? 0 : loaded.fuel()),
                hazardCount,
                failures,
                strikes.size(),
                rule.raised(),
                logDroppedBefore + (loaded == null ? 0 : loaded.logDropped()),
                Optional.ofNullable(lastFailure));
    }

    private PolicyState.Status status() {
        if (armed) {
            return PolicyState.Status.RUNNING;
        }
        return version == null ? PolicyState.Status.FAILED : PolicyState.Status.QUARANTINED;
    }
}
