package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A policy with what stands behind it: saved state, strikes, and the built-in rule. Owned by the
 * thread that owns its {@link PolicySet}. Never throws for what a guest does.
 */
final class GuardedPolicy {
    /** State is saved this often at least while readings come, and with every change of hazards. */
    private static final long SAVE_MILLIS = 1_000;

    private static final Verdict.Normal NORMAL = new Verdict.Normal();

    private final PolicySpec spec;
    private final Watchdog watchdog;
    private final GuestLog log;
    private final Judgement normal;
    private final List<SensorChannel> channels;
    private final ThresholdRule rule;
    private final int[] slotOf;
    private final @Nullable PolicyModule module;
    private final SortedMap<Integer, Double> configuration;
    private final SortedMap<Integer, GuestAbi.Slot> slots = new TreeMap<>();
    private final Deque<Long> strikes = new ArrayDeque<>();
    private final int[] rowOf;

    /** Null: the policy is out. */
    private @Nullable WasmPolicy policy;

    private byte[] saved = {};
    private long savedTickMillis = Long.MIN_VALUE;
    private long savedMillis = Long.MIN_VALUE;
    private long readings;
    private long hazardCount;
    private long failures;
    private @Nullable PolicyFailure lastFailure;

    private GuardedPolicy(
            PolicySpec spec,
            @Nullable PolicyModule module,
            List<SensorChannel> bound,
            Map<SensorChannel, Integer> numbers,
            Watchdog watchdog) {
        this.spec = spec;
        this.module = module;
        this.watchdog = watchdog;
        this.log = new GuestLog(spec.id());
        this.normal = new Judgement(spec.id(), NORMAL);
        this.channels = bound;
        this.rule = new ThresholdRule(spec.id(), bound);
        this.slotOf = new int[numbers.size()];
        Arrays.fill(slotOf, -1);
        Map<String, Integer> zones = new HashMap<>();
        for (int slot = 0; slot < bound.size(); slot++) {
            SensorChannel channel = bound.get(slot);
            slotOf[numbers.getOrDefault(channel, -1)] = slot;
            Integer zone = zones.putIfAbsent(channel.zone(), zones.size());
            slots.put(
                    slot,
                    new GuestAbi.Slot(channel.quantity(), zone == null ? zones.size() - 1 : zone));
        }
        this.configuration =
                module == null ? new TreeMap<>() : module.manifest().configuration(spec.settings());
        WasmPolicy first = module == null ? null : instance(module);
        this.policy = first;
        this.rowOf = new int[first == null ? 0 : first.abi().capacity()];
        if (first != null) {
            saved = first.state();
        }
    }

    /**
     * @param numbers of all channels of the set
     * @throws PolicyModule.Refused for a module, setting or channel list that breaks a rule
     */
    static GuardedPolicy load(
            PolicySpec spec,
            Engine engine,
            Map<SensorChannel, Integer> numbers,
            Watchdog watchdog) {
        PolicyModule module = PolicyModule.load(spec.module(), engine);
        Manifest manifest = module.manifest();
        List<SensorChannel> bound =
                spec.channels().stream()
                        .filter(c -> manifest.quantities().contains(c.quantity()))
                        .distinct()
                        .toList();
        if (bound.isEmpty() || bound.size() > module.grant().slots()) {
            throw new PolicyModule.Refused(
                    "%s: it judges %s, and %d of its %d channels measure that; it takes 1 to %d"
                            .formatted(
                                    spec.module(),
                                    manifest.quantities().stream()
                                            .map(q -> q.senmlName())
                                            .sorted()
                                            .toList(),
                                    bound.size(),
                                    spec.channels().size(),
                                    module.grant().slots()));
        }
        try {
            return new GuardedPolicy(spec, module, bound, numbers, watchdog);
        } catch (IllegalArgumentException e) {
            throw new PolicyModule.Refused("%s: %s".formatted(spec.module(), e.getMessage()));
        } catch (GuestFault e) {
            throw new PolicyModule.Refused("%s: %s".formatted(spec.module(), e.text()));
        }
    }

    /** A policy that could not be loaded: the built-in rule on all its channels. */
    static GuardedPolicy out(
            PolicySpec spec,
            String reason,
            Map<SensorChannel, Integer> numbers,
            Watchdog watchdog) {
        GuardedPolicy out =
                new GuardedPolicy(
                        spec,
                        null,
                        spec.channels().stream().distinct().toList(),
                        numbers,
                        watchdog);
        out.lastFailure = new PolicyFailure(PolicyFailure.Kind.UNLOADABLE, reason);
        return out;
    }

    private WasmPolicy instance(PolicyModule of) {
        return new WasmPolicy(of, configuration, slots, watchdog, log);
    }

    Judgement judge(BatchRows rows) {
        WasmPolicy running = policy;
        if (running == null) {
            return undecided(outReason(), rows);
        }
        log.at(rows.nowMillis());
        List<Hazard> hazards;
        try {
            hazards = evaluate(running, rows);
        } catch (GuestFault e) {
            return undecided(failed(e, rows.nowMillis()), rows);
        }
        if (rule.raised() > 0) {
            // It was needed a moment ago: what it raised is cleared by its own hysteresis.
            hazards = new ArrayList<>(hazards);
            standIn(rows, hazards);
        }
        return judgement(hazards, running, rows.nowMillis());
    }

    /** Empty when the policy does not want to know the time. */
    Optional<Judgement> tick(long nowMillis) {
        WasmPolicy running = policy;
        if (running == null || !running.ticks(nowMillis)) {
            return Optional.empty();
        }
        log.at(nowMillis);
        try {
            List<Hazard> hazards = new ArrayList<>();
            for (GuestAbi.HazardRecord record : running.tick(nowMillis)) {
                hazards.add(hazard(record, null));
            }
            return Optional.of(judgement(hazards, running, nowMillis));
        } catch (GuestFault e) {
            return Optional.of(
                    new Judgement(
                            spec.id(), new Verdict.Undecided(failed(e, nowMillis), List.of())));
        }
    }

    private Judgement judgement(List<Hazard> hazards, WasmPolicy running, long nowMillis) {
        // What was said must never be forgotten by a restore: hence with every change of hazards.
        if (!hazards.isEmpty()
                || savedMillis == Long.MIN_VALUE
                || nowMillis - savedMillis >= SAVE_MILLIS) {
            saved = running.state();
            savedTickMillis = running.tickedMillis();
            savedMillis = nowMillis;
        }
        if (hazards.isEmpty()) {
            return normal;
        }
        hazardCount += hazards.size();
        return new Judgement(spec.id(), new Verdict.Hazardous(hazards));
    }

    private List<Hazard> evaluate(WasmPolicy running, BatchRows rows) {
        GuestAbi abi = running.abi();
        int capacity = rowOf.length;
        List<Hazard> hazards = List.of();
        int filled = 0;
        for (int row = 0; row < rows.count(); row++) {
            int number = rows.channel(row);
            int slot = number < 0 ? -1 : slotOf[number];
            if (slot < 0) {
                continue;
            }
            abi.reading(filled, rows.millis(row), rows.reading(row), slot, row);
            rowOf[filled++] = row;
            if (filled == capacity) {
                hazards = process(running, rows, filled, hazards);
                filled = 0;
            }
        }
        return filled == 0 ? hazards : process(running, rows, filled, hazards);
    }

    private List<Hazard> process(
            WasmPolicy running, BatchRows rows, int filled, List<Hazard> before) {
        readings += filled;
        List<GuestAbi.HazardRecord> records =
                running.process(filled, 0, rows.nowMillis(), rows.firstSequence());
        if (records.isEmpty()) {
            return before;
        }
        List<Hazard> hazards = new ArrayList<>(before);
        for (GuestAbi.HazardRecord record : records) {
            Reading reading = record.idx() < 0 ? null : rows.reading(rowOf[record.idx()]);
            hazards.add(hazard(record, reading));
        }
        return hazards;
    }

    private Hazard hazard(GuestAbi.HazardRecord record, @Nullable Reading reading) {
        return new Hazard(
                spec.id(),
                channels.get(record.slot()),
                record.change(),
                record.code(),
                record.severity(),
                reading == null ? Quality.UNCERTAIN : reading.quality(),
                record.score(),
                record.value(),
                record.limit(),
                reading == null ? Instant.ofEpochMilli(record.ts()) : reading.at());
    }

    private Judgement undecided(PolicyFailure failure, BatchRows rows) {
        List<Hazard> standIn = new ArrayList<>();
        standIn(rows, standIn);
        return new Judgement(spec.id(), new Verdict.Undecided(failure, standIn));
    }

    private void standIn(BatchRows rows, List<Hazard> hazards) {
        for (int row = 0; row < rows.count(); row++) {
            int number = rows.channel(row);
            int slot = number < 0 ? -1 : slotOf[number];
            if (slot >= 0) {
                rule.judge(slot, rows.reading(row), hazards);
            }
        }
    }

    /** Counts a strike and brings back the saved state in a new instance, or gives up. */
    private PolicyFailure failed(GuestFault fault, long nowMillis) {
        PolicyFailure failure = failure(fault);
        lastFailure = failure;
        failures++;
        strikes.addLast(nowMillis);
        forgetStrikes(nowMillis);
        policy = null;
        if (strikes.size() >= PolicySet.STRIKES_OUT || module == null) {
            return failure;
        }
        try {
            WasmPolicy fresh = instance(module);
            fresh.restore(saved, savedTickMillis);
            policy = fresh;
        } catch (GuestFault e) {
            lastFailure = failure(e);
        }
        return failure;
    }

    private void forgetStrikes(long nowMillis) {
        while (!strikes.isEmpty()
                && nowMillis - strikes.getFirst() > PolicySet.STRIKES_WITHIN.toMillis()) {
            strikes.removeFirst();
        }
    }

    private PolicyFailure failure(GuestFault fault) {
        return new PolicyFailure(
                fault.kind(),
                "policy %s (%s): %s".formatted(spec.id(), spec.module(), fault.text()));
    }

    private PolicyFailure outReason() {
        PolicyFailure failure = lastFailure;
        if (failure == null) {
            throw new IllegalStateException("policy " + spec.id() + " is out without a failure");
        }
        return failure;
    }

    PolicyState state() {
        PolicyModule loaded = module;
        return new PolicyState(
                spec.id(),
                spec.module(),
                loaded == null ? "-" : loaded.manifest().version(),
                policy == null ? PolicyState.Status.FAILED : PolicyState.Status.RUNNING,
                Optional.ofNullable(loaded).map(PolicyModule::engine),
                channels.size(),
                readings,
                hazardCount,
                failures,
                strikes.size(),
                rule.raised(),
                log.dropped(),
                Optional.ofNullable(lastFailure));
    }
}
