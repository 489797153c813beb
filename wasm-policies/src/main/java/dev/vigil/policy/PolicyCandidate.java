package dev.vigil.policy;

import dev.vigil.sensor.SensorChannel;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A version of a policy beside the armed one: loaded, given a state, fed with history or with live
 * readings, compared, and perhaps swapped in. Owned by one thread, which is not that of a {@link
 * PolicySet}; with {@link PolicySet#swap} that one takes its version, and this is closed.
 *
 * <p>Nothing it says goes anywhere but to who asks, and nothing it does is thrown.
 */
public final class PolicyCandidate implements AutoCloseable {
    private final GuardedPolicy policy;
    private final BatchRows rows;
    private final Watchdog watchdog;
    private boolean stateful;

    /** How a candidate came by its state. */
    public enum Carried {
        /** The same state version: byte for byte. */
        COPIED,
        /** The guest made it of another state version ({@code vigil_migrate}). */
        MIGRATED,
        /** Not at all: it begins anew, and has seen what it was fed since. */
        COLD
    }

    /**
     * @param reason why it was not {@code COPIED}; empty when it was
     */
    public record Carry(Carried carried, String reason) {}

    private PolicyCandidate(GuardedPolicy policy, BatchRows rows, Watchdog watchdog) {
        this.policy = policy;
        this.rows = rows;
        this.watchdog = watchdog;
    }

    /**
     * Reads, checks, compiles and instantiates, on the fastest engine there is. Takes its time.
     *
     * @throws PolicyUnloadable naming what was found and the rule it breaks
     */
    public static PolicyCandidate load(PolicySpec spec) {
        return load(spec, PolicyModule.preferred(spec.module()));
    }

    /** As {@link #load(PolicySpec)}, on this engine. */
    public static PolicyCandidate load(PolicySpec spec, Engine engine) {
        return load(
                spec,
                watchdog ->
                        PolicyVersion.load(
                                spec, PolicyModule.read(spec.module()), engine, watchdog));
    }

    /** As {@link #load(PolicySpec)}, of a module that is loaded already. */
    public static PolicyCandidate load(PolicySpec spec, SiteModules modules) {
        return load(spec, watchdog -> modules.version(spec, watchdog));
    }

    /** As {@link #load(PolicySpec)}, of these bytes; the module's name is what messages call it. */
    public static PolicyCandidate load(PolicySpec spec, byte[] wasm) {
        Engine engine = PolicyModule.preferred("over the air");
        return load(spec, watchdog -> PolicyVersion.load(spec, wasm, engine, watchdog));
    }

    private static PolicyCandidate load(
            PolicySpec spec, Function<Watchdog, PolicyVersion> version) {
        Map<SensorChannel, Integer> numbers = new LinkedHashMap<>();
        spec.channels().forEach(channel -> numbers.putIfAbsent(channel, numbers.size()));
        Watchdog watchdog = PolicySet.watchdog();
        try {
            return new PolicyCandidate(
                    GuardedPolicy.of(version.apply(watchdog), numbers, watchdog),
                    new BatchRows(List.copyOf(numbers.keySet())),
                    watchdog);
        } catch (PolicyModule.Refused e) {
            watchdog.close();
            throw new PolicyUnloadable(spec.id(), "policy %s: %s".formatted(spec.id(), e.text()));
        }
    }

    public String policy() {
        return policy.id();
    }

    /** How it is doing; {@link PolicyState.Status#QUARANTINED} when it failed too often. */
    public PolicyState state() {
        return policy.state();
    }

    /** Hazards that are raised by what it has seen. */
    public List<Hazard> raised() {
        return policy.raisedByVersion();
    }

    /** It has a state of its own: carried over, restored, or made of what it was fed. */
    public boolean stateful() {
        return stateful;
    }

    /** A batch that is happening now. */
    public Judgement judge(Batch batch) {
        return judge(batch, 0);
    }

    /** A batch of history. */
    public Judgement replay(Batch batch) {
        return judge(batch, WasmPolicy.FLAG_REPLAY);
    }

    /**
     * As {@link #replay(Batch)}, but of its gaps it gets nothing, as when they were made: so a call
     * that was stopped by the clock is not run again, and the state ends the same.
     *
     * @param gaps of any policy and any time, in any order
     */
    public Judgement replay(Batch batch, List<PolicyGap> gaps) {
        stateful = true;
        long first = batch.firstSequence();
        long last = first + batch.readings().size() - 1;
        List<PolicyGap> own =
                gaps.stream()
                        .filter(gap -> gap.policy().equals(policy.id()))
                        .filter(gap -> gap.first() <= last && gap.last() >= first)
                        .toList();
        rows.take(batch, own);
        return policy.judge(rows, WasmPolicy.FLAG_REPLAY);
    }

    private Judgement judge(Batch batch, int flags) {
        stateful = true;
        rows.take(batch);
        return policy.judge(rows, flags);
    }

    /** Empty when it does not want to know. */
    public Optional<Judgement> tick(Instant now) {
        rows.advance(now);
        return policy.tick(rows.nowMillis());
    }

    /** Takes over the state of the armed version, if there is a way. */
    public Carry carry(PolicySnapshot from) {
        PolicyVersion version = policy.armed().orElse(null);
        if (version == null) {
            return new Carry(Carried.COLD, "the new version is out");
        }
        if (!from.channels().equals(version.channels())) {
            return new Carry(
                    Carried.COLD,
                    "it judges %d channels, the version before other ones (%d)"
                            .formatted(version.channels().size(), from.slots().size()));
        }
        int old = from.owner().stateVersion();
        try {
            if (!version.takeOver(old, from.state(), from.tickedMillis(), from.raised())) {
                return new Carry(
                        Carried.COLD,
                        "it has no vigil_migrate for a state of version %d".formatted(old));
            }
        } catch (GuestFault e) {
            version.recover();
            return new Carry(Carried.COLD, e.text());
        }
        taken(from);
        return old == version.stateVersion()
                ? new Carry(Carried.COPIED, "")
                : new Carry(
                        Carried.MIGRATED,
                        "state version %d made of %d".formatted(version.stateVersion(), old));
    }

    /**
     * Takes a snapshot as its state, to go on with the reading after {@code lastSequence}.
     *
     * @return why not; empty when it did
     */
    public Optional<String> restore(PolicySnapshot snapshot) {
        PolicyVersion version = policy.armed().orElseThrow();
        Optional<String> foreign = foreign(snapshot);
        if (foreign.isPresent()) {
            return foreign;
        }
        try {
            version.takeOver(
                    version.stateVersion(),
                    snapshot.state(),
                    snapshot.tickedMillis(),
                    snapshot.raised());
        } catch (GuestFault e) {
            return Optional.of(e.text());
        }
        policy.rule().restore(snapshot.raised());
        taken(snapshot);
        return Optional.empty();
    }

    /**
     * Why a snapshot is of something else than this: another version, other settings, other
     * channels. To be expected after one of them was changed; empty when it is of this.
     */
    public Optional<String> foreign(PolicySnapshot snapshot) {
        PolicyVersion version = policy.armed().orElseThrow();
        Optional<String> differs = snapshot.owner().differsFrom(owner(version));
        if (differs.isEmpty() && !snapshot.channels().equals(version.channels())) {
            return Optional.of("its slots are other channels than those of the site now");
        }
        return differs;
    }

    private void taken(PolicySnapshot snapshot) {
        rows.restore(snapshot);
        policy.armed().orElseThrow().gap(snapshot.gap());
        stateful = true;
    }

    static PolicySnapshot.Owner owner(PolicyVersion version) {
        return new PolicySnapshot.Owner(
                version.spec().id(),
                version.sha256(),
                PolicySnapshot.ABI,
                version.stateVersion(),
                version.configurationHash());
    }

    /** Its state now; empty when it is out. */
    public Optional<PolicySnapshot> snapshot(String stream, long lastSequence) {
        return policy.armed().map(v -> snapshot(v, policy.rule(), rows, stream, lastSequence));
    }

    static PolicySnapshot snapshot(
            PolicyVersion version,
            ThresholdRule rule,
            BatchRows rows,
            String stream,
            long lastSequence) {
        byte[] state = version.checkpoint();
        var raised = new java.util.ArrayList<>(version.raised());
        raised.addAll(rule.hazards());
        return new PolicySnapshot(
                owner(version),
                stream,
                lastSequence,
                rows.nowMillis(),
                version.tickedMillis(),
                version.gap(),
                version.channels().stream().map(rows::slot).toList(),
                state,
                raised);
    }

    BatchRows rows() {
        return rows;
    }

    GuardedPolicy guarded() {
        return policy;
    }

    /** Ends the watchdog's thread. */
    @Override
    public void close() {
        watchdog.close();
    }
}
