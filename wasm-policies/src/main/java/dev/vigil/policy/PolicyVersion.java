package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One version of a policy, bound to its channels, with its instance, its last saved state and what
 * it has raised. Owned by one thread at a time: made by one, handed over with {@link #bind}.
 */
final class PolicyVersion {
    /** State is saved this often at least while readings come, and with every change of hazards. */
    private static final long SAVE_MILLIS = 1_000;

    /** What raise and clear are idempotent for. */
    record Raising(SensorChannel channel, String code) {
        /** Written out, as in {@link SensorChannel}: asked with each hazard. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Raising raising
                    && channel.equals(raising.channel)
                    && code.equals(raising.code);
        }

        @Override
        public int hashCode() {
            return 31 * channel.hashCode() + code.hashCode();
        }

        static Raising of(Hazard hazard) {
            return new Raising(hazard.channel(), hazard.code());
        }
    }

    private final PolicySpec spec;
    private final PolicyModule module;
    private final String sha256;
    private final List<SensorChannel> channels;
    private final SortedMap<Integer, GuestAbi.Slot> slots = new TreeMap<>();
    private final SortedMap<Integer, Double> configuration;
    private final GuestLog log;
    private final int[] rowOf;
    private final Map<Raising, Hazard> raised = new LinkedHashMap<>();
    private Watchdog watchdog;
    private int[] slotOf = {};

    /** Null: it broke and could not be made anew. */
    private @Nullable WasmPolicy instance;

    private byte[] saved;
    private long savedTickMillis = Long.MIN_VALUE;

    /** The next readings do not follow those the state rests on. */
    private boolean gap;

    private long savedMillis = Long.MIN_VALUE;
    private long readings;
    private long fuel;

    /** Number of the first reading that was judged since the state was saved; below 0: none was. */
    private long unsavedFrom = -1;

    private long lastJudged = -1;

    private PolicyVersion(
            PolicySpec spec,
            PolicyModule module,
            String sha256,
            List<SensorChannel> bound,
            Watchdog watchdog) {
        this.spec = spec;
        this.module = module;
        this.sha256 = sha256;
        this.channels = bound;
        this.watchdog = watchdog;
        this.log = new GuestLog(spec.id());
        Map<String, Integer> zones = new HashMap<>();
        for (int slot = 0; slot < bound.size(); slot++) {
            SensorChannel channel = bound.get(slot);
            Integer zone = zones.putIfAbsent(channel.zone(), zones.size());
            slots.put(
                    slot,
                    new GuestAbi.Slot(channel.quantity(), zone == null ? zones.size() - 1 : zone));
        }
        this.configuration = module.manifest().configuration(spec.settings());
        WasmPolicy first = instance();
        this.instance = first;
        this.rowOf = new int[first.abi().capacity()];
        this.saved = first.state();
    }

    /**
     * Reads, checks, compiles and instantiates; takes its time, which no deadline covers.
     *
     * @throws PolicyModule.Refused for a module, setting or channel list that breaks a rule
     */
    static PolicyVersion load(PolicySpec spec, byte[] wasm, Engine engine, Watchdog watchdog) {
        PolicyModule module = PolicyModule.load(spec.module(), wasm, engine, spec.grant());
        return of(spec, module, Sha256.hex(wasm), watchdog);
    }

    /** As {@link #load}, of a module that is loaded already. */
    static PolicyVersion of(
            PolicySpec spec, PolicyModule module, String sha256, Watchdog watchdog) {
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
            return new PolicyVersion(spec, module, sha256, bound, watchdog);
        } catch (IllegalArgumentException e) {
            throw new PolicyModule.Refused("%s: %s".formatted(spec.module(), e.getMessage()));
        } catch (GuestFault e) {
            throw new PolicyModule.Refused("%s: %s".formatted(spec.module(), e.text()));
        }
    }

    private WasmPolicy instance() {
        return new WasmPolicy(module, configuration, slots, watchdog, log);
    }

    /**
     * Its new owner's: calls are watched by {@code by} from now on.
     *
     * @param numbers of all channels of the owner
     */
    void bind(Map<SensorChannel, Integer> numbers, Watchdog by) {
        watchdog = by;
        WasmPolicy running = instance;
        if (running != null) {
            running.watchedBy(by);
        }
        slotOf = new int[numbers.size()];
        Arrays.fill(slotOf, -1);
        for (int slot = 0; slot < channels.size(); slot++) {
            Integer number = numbers.get(channels.get(slot));
            if (number == null) {
                throw new IllegalArgumentException(
                        "policy %s: channel %s is not one of its owner's"
                                .formatted(spec.id(), channels.get(slot).id()));
            }
            slotOf[number] = slot;
        }
    }

    /** Whether it wants to be told the time now. */
    boolean ticks(long nowMillis) {
        WasmPolicy running = instance;
        return running != null && running.ticks(nowMillis);
    }

    /**
     * What it says of its readings among these.
     *
     * @throws GuestFault nothing of the batch counts, and {@link #recover} is due
     */
    List<Hazard> judge(BatchRows rows, int flags) {
        WasmPolicy running = running();
        log.at(rows.nowMillis());
        if (rows.count() > 0) {
            unsavedFrom = unsavedFrom < 0 ? rows.firstSequence() : unsavedFrom;
            lastJudged = rows.sequence(rows.count() - 1);
        }
        List<Hazard> hazards = evaluate(running, rows, flags);
        settle(running, hazards, rows.nowMillis());
        return hazards;
    }

    /** As {@link #judge}, when time has passed. */
    List<Hazard> tick(long nowMillis) {
        WasmPolicy running = running();
        log.at(nowMillis);
        List<Hazard> hazards = new ArrayList<>();
        for (GuestAbi.HazardRecord record : running.tick(nowMillis)) {
            hazards.add(hazard(record, null));
        }
        settle(running, hazards, nowMillis);
        return hazards;
    }

    /**
     * A new instance with the last saved state, in place of the one that broke.
     *
     * @throws GuestFault it can't be made: it stays broken
     */
    void recover() {
        instance = null;
        unsavedFrom = -1;
        WasmPolicy fresh = instance();
        fresh.restore(saved, savedTickMillis);
        instance = fresh;
        // What was judged since the state was saved is missing from it.
        gap = true;
    }

    /** What is missing when the state goes back to the one that was saved; empty: nothing. */
    Optional<PolicyGap> missing(PolicyFailure.Kind kind) {
        return unsavedFrom < 0
                ? Optional.empty()
                : Optional.of(new PolicyGap(spec.id(), kind, unsavedFrom, lastJudged));
    }

    private WasmPolicy running() {
        WasmPolicy running = instance;
        if (running == null) {
            throw new IllegalStateException("policy " + spec.id() + " is broken");
        }
        return running;
    }

    private void settle(WasmPolicy running, List<Hazard> hazards, long nowMillis) {
        for (Hazard hazard : hazards) {
            if (hazard.change() == Hazard.Change.CLEAR) {
                raised.remove(Raising.of(hazard));
            } else {
                raised.put(Raising.of(hazard), hazard);
            }
        }
        // What was said must never be forgotten by a restore: hence with every change of hazards.
        if (!hazards.isEmpty()
                || savedMillis == Long.MIN_VALUE
                || nowMillis - savedMillis >= SAVE_MILLIS) {
            save(running);
            savedMillis = nowMillis;
        }
    }

    private void save(WasmPolicy running) {
        unsavedFrom = -1;
        saved = running.copyState(saved);
        savedTickMillis = running.tickedMillis();
    }

    private List<Hazard> evaluate(WasmPolicy running, BatchRows rows, int flags) {
        GuestAbi abi = running.abi();
        int capacity = rowOf.length;
        List<Hazard> hazards = List.of();
        int filled = 0;
        int told = gap ? flags | WasmPolicy.FLAG_GAP : flags;
        for (int row = 0; row < rows.count(); row++) {
            int number = rows.channel(row);
            int slot = number < 0 ? -1 : slotOf[number];
            if (rows.missing(row)) {
                // As when it happened: what comes behind is told that something is missing.
                hazards = process(running, rows, filled, told, hazards);
                filled = 0;
                told = flags | WasmPolicy.FLAG_GAP;
                gap = true;
                continue;
            }
            if (slot < 0) {
                continue;
            }
            abi.reading(filled, rows.millis(row), rows.reading(row), slot, row);
            rowOf[filled++] = row;
            if (filled == capacity) {
                hazards = process(running, rows, filled, told, hazards);
                filled = 0;
            }
        }
        return process(running, rows, filled, told, hazards);
    }

    private List<Hazard> process(
            WasmPolicy running, BatchRows rows, int filled, int flags, List<Hazard> before) {
        if (filled == 0) {
            return before;
        }
        gap = false;
        readings += filled;
        List<GuestAbi.HazardRecord> records =
                running.process(filled, flags, rows.nowMillis(), rows.firstSequence());
        fuel += running.fuelUsed();
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

    /**
     * A copy of its state as of now, which from now on is the saved one, too: what goes missing
     * later was never in a snapshot from before.
     */
    byte[] checkpoint() {
        WasmPolicy running = instance;
        if (running != null) {
            save(running);
        }
        return saved.clone();
    }

    /** Whether its next readings do not follow those in its state. */
    boolean gap() {
        return gap;
    }

    /** As {@link #gap()}, with a state that was taken over. */
    void gap(boolean before) {
        gap = before;
    }

    /** A copy of its state as of now; the last saved one when it is broken. */
    byte[] state() {
        WasmPolicy running = instance;
        return running == null ? saved.clone() : running.state();
    }

    /** When it was last told the time. */
    long tickedMillis() {
        WasmPolicy running = instance;
        return running == null ? savedTickMillis : running.tickedMillis();
    }

    /**
     * Goes on where another version was: with the same state version byte for byte, else with what
     * the guest makes of it.
     *
     * @param hazards what is raised in that state
     * @return false when there is no way from that state version
     * @throws GuestFault it could not; a new instance is needed: {@link #recover}
     */
    boolean takeOver(int oldVersion, byte[] state, long ticked, List<Hazard> hazards) {
        WasmPolicy running = running();
        if (oldVersion == stateVersion()) {
            running.restore(state, ticked);
        } else if (!running.takeOver(oldVersion, state)) {
            return false;
        }
        save(running);
        raised.clear();
        for (Hazard hazard : hazards) {
            // What this version has no word for it can never clear.
            if (module.manifest().hazards().containsValue(hazard.code())) {
                raised.put(Raising.of(hazard), hazard);
            }
        }
        return true;
    }

    List<Hazard> raised() {
        return List.copyOf(raised.values());
    }

    List<SensorChannel> channels() {
        return channels;
    }

    PolicySpec spec() {
        return spec;
    }

    Engine engine() {
        return module.engine();
    }

    String sha256() {
        return sha256;
    }

    String version() {
        return module.manifest().version();
    }

    int stateVersion() {
        return module.manifest().stateVersion();
    }

    long readings() {
        return readings;
    }

    /** Instructions that judging them took, where it came to an end. */
    long fuel() {
        return fuel;
    }

    long logDropped() {
        return log.dropped();
    }

    /** SHA-256 of its settings, by key: a state belongs to the settings it was made under. */
    String configurationHash() {
        ByteBuffer bytes = ByteBuffer.allocate(configuration.size() * 12);
        configuration.forEach((key, value) -> bytes.putInt(key).putDouble(value));
        return Sha256.hex(bytes.array());
    }

    @Override
    public String toString() {
        return "%s %s (%s)".formatted(spec.id(), version(), sha256.substring(0, 12));
    }
}
