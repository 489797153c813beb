package dev.vigil.policy;

import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.types.ExternalType;
import dev.vigil.policy.machine.FlatMemory;
import dev.vigil.policy.machine.FuelPlan;
import dev.vigil.policy.machine.LimitTrap;
import dev.vigil.policy.machine.Meter;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a policy: calls into the guest, and what stops it. Owned by one thread, which is
 * the one that calls.
 *
 * <p>Every call either returns or throws {@link GuestFault}; after a fault the instance is not to
 * be used again. What an instance may use is the {@link PolicyModule#grant()} of its module.
 */
final class WasmPolicy {
    /** The readings were judged before, or would have been: nothing is announced. */
    static final int FLAG_REPLAY = 1;

    /** The readings are older than those the node just received. */
    static final int FLAG_CATCH_UP = 2;

    /** Readings before this batch are missing. */
    static final int FLAG_GAP = 4;

    private static final int BOUND = 1;
    private static final int UNBOUND = 2;
    private static final long[] NONE = {};

    private final PolicyModule module;
    private Watchdog watchdog;
    private final GuestLog log;
    private final Instance instance;
    private final HostFunctions host;
    private final Meter meter;
    private final GuestAbi abi;
    private final BitSet bound = new BitSet();
    private final ExportFunction process;
    private final @Nullable ExportFunction tick;
    private final @Nullable ExportFunction slot;
    private final int deadlineTicks;
    private int dropped;
    private long fuelGiven;
    private long tickedMillis = Long.MIN_VALUE;

    /**
     * Makes an instance: layout, configuration and slots are in place afterwards.
     *
     * @param slots those that are bound, by number
     */
    WasmPolicy(
            PolicyModule module,
            SortedMap<Integer, Double> configuration,
            SortedMap<Integer, GuestAbi.Slot> slots,
            Watchdog watchdog,
            GuestLog log) {
        this.module = module;
        this.watchdog = watchdog;
        this.log = log;
        this.deadlineTicks = watchdog.ticks(module.grant().deadline());
        this.host = new HostFunctions(module, log);
        this.instance = instantiate();
        this.meter = instance.getMachine() instanceof Meter own ? own : new MeterGlobals(instance);
        this.process = instance.export("vigil_process");
        this.tick = optional("vigil_tick").orElse(null);
        this.slot = optional("vigil_slot").orElse(null);
        int minor = call(instance.export("vigil_abi_v1"), "vigil_abi_v1", NONE);
        if (minor != 0) {
            throw GuestFault.protocol(
                    "vigil_abi_v1 says minor version %d, this node knows 0".formatted(minor));
        }
        this.abi =
                new GuestAbi(
                        (FlatMemory) instance.memory(),
                        call(instance.export("vigil_layout"), "vigil_layout", NONE),
                        module.grant().stateBytes());
        keepsItsManifest();
        int length = abi.configuration(configuration);
        answered("vigil_init", call(instance.export("vigil_init"), "vigil_init", length));
        slots.forEach(this::bindOnly);
        slotsBound();
        dropped = abi.dropped();
    }

    private void keepsItsManifest() {
        Manifest manifest = module.manifest();
        if (abi.columns() != manifest.columns()) {
            throw GuestFault.protocol(
                    "the layout has columns %s, the manifest %s"
                            .formatted(
                                    GuestAbi.columnNames(abi.columns()),
                                    GuestAbi.columnNames(manifest.columns())));
        }
        if (abi.stateVersion() != manifest.stateVersion()) {
            throw GuestFault.protocol(
                    "the layout has state version %d, the manifest %d"
                            .formatted(abi.stateVersion(), manifest.stateVersion()));
        }
    }

    private Optional<ExportFunction> optional(String name) {
        for (int i = 0; i < module.wasm().exportSection().exportCount(); i++) {
            var export = module.wasm().exportSection().getExport(i);
            if (export.name().equals(name) && export.exportType() == ExternalType.FUNCTION) {
                return Optional.of(instance.export(name));
            }
        }
        return Optional.empty();
    }

    private Instance instantiate() {
        try {
            return Instance.builder(module.wasm())
                    .withImportValues(host.imports())
                    .withMemoryFactory(FlatMemory::new)
                    .withMachineFactory(module.machines())
                    .withStart(false)
                    .withInitialize(true)
                    .build();
        } catch (ChicoryException e) {
            throw GuestFault.protocol("it can't be instantiated: " + e.getMessage());
        }
    }

    GuestAbi abi() {
        return abi;
    }

    /** A new owner's watchdog: the thread that calls from now on is its. */
    void watchedBy(Watchdog by) {
        watchdog = by;
    }

    /** Fuel the last call used, when it returned. */
    long fuelUsed() {
        return fuelGiven - meter.left();
    }

    boolean ticks() {
        return tick != null;
    }

    /** Whether the policy wants to be told the time now: its manifest says how often. */
    boolean ticks(long nowMillis) {
        return tick != null
                && (tickedMillis == Long.MIN_VALUE
                        || nowMillis - tickedMillis >= module.manifest().tickMillis());
    }

    /** When it was last told the time: part of what a restore needs. {@code MIN_VALUE}: never. */
    long tickedMillis() {
        return tickedMillis;
    }

    /** The last value of each metric the policy has told. */
    SortedMap<String, Double> metrics() {
        return host.metrics();
    }

    /** What lookups read from now on: to be called between batches only. */
    void pin(ReferenceTables tables) {
        host.pin(tables);
    }

    /** Binds a slot that is free, or binds it to another channel: it starts anew. */
    void bind(int number, GuestAbi.Slot described) {
        if (bound.get(number)) {
            unbind(number);
        }
        bindOnly(number, described);
        slotsBound();
    }

    private void slotsBound() {
        if (slot != null) {
            abi.slotsBound();
        }
    }

    private void bindOnly(int number, GuestAbi.Slot described) {
        if (slot != null) {
            abi.descriptor(number, described);
            answered("vigil_slot", call(slot, "vigil_slot", number, BOUND));
        }
        bound.set(number);
    }

    /** The channel is gone: no reading and no hazard has this slot from now on. */
    void unbind(int number) {
        if (slot != null) {
            answered("vigil_slot", call(slot, "vigil_slot", number, UNBOUND));
        }
        bound.clear(number);
        slotsBound();
    }

    /** All that survives of this instance; see {@link #restore}. */
    byte[] state() {
        return abi.state();
    }

    /** As {@link #state()}, in {@code into} when that is of its length. */
    byte[] copyState(byte[] into) {
        return abi.copyState(into);
    }

    /**
     * Makes this instance go on where another of the same module, configuration and slots was.
     *
     * @param tickedMillis its {@link #tickedMillis()}
     */
    void restore(byte[] state, long tickedMillis) {
        abi.state(state);
        this.tickedMillis = tickedMillis;
    }

    /**
     * Takes over the state of another version of the policy. The same version is copied, another is
     * given to {@code vigil_migrate}.
     *
     * @return false when it has no {@code vigil_migrate}: it begins without a past
     * @throws GuestFault when it can't: a new instance without a past is needed
     */
    boolean takeOver(int version, byte[] state) {
        if (version == abi.stateVersion()) {
            abi.state(state);
            return true;
        }
        Optional<ExportFunction> migrate = optional("vigil_migrate");
        if (migrate.isEmpty()) {
            return false;
        }
        abi.argument(state);
        answered(
                "vigil_migrate",
                call(migrate.orElseThrow(), "vigil_migrate", version, state.length));
        return true;
    }

    /**
     * This instance with other settings, state kept. The old one stays as it is and usable,
     * whatever becomes of the new one.
     *
     * @param before the settings this one was made with
     * @param slots as bound now
     * @throws GuestFault when the policy refuses the settings or breaks on them
     */
    WasmPolicy reconfigured(
            SortedMap<Integer, Double> before,
            SortedMap<Integer, Double> after,
            SortedMap<Integer, GuestAbi.Slot> slots) {
        boolean inPlace = optional("vigil_reconfigure").isPresent();
        WasmPolicy fresh = new WasmPolicy(module, inPlace ? before : after, slots, watchdog, log);
        fresh.restore(state(), tickedMillis);
        if (inPlace) {
            int length = fresh.abi.configuration(after);
            ExportFunction function = fresh.instance.export("vigil_reconfigure");
            answered("vigil_reconfigure", fresh.call(function, "vigil_reconfigure", length));
        }
        return fresh;
    }

    /** Judges the rows written to {@link #abi()}. */
    List<GuestAbi.HazardRecord> process(int rows, int flags, long nowMillis, long firstSequence) {
        abi.header(rows, flags, nowMillis, firstSequence);
        int count = answered("vigil_process", process(rows));
        return hazards(count, rows, nowMillis);
    }

    private int process(int rows) {
        return metered(process, "vigil_process", module.grant().fuel(rows), rows);
    }

    /** Tells the policy the time, when it wants to know. */
    List<GuestAbi.HazardRecord> tick(long nowMillis) {
        if (tick == null) {
            return List.of();
        }
        tickedMillis = nowMillis;
        abi.header(0, 0, nowMillis, 0);
        return hazards(answered("vigil_tick", call(tick, "vigil_tick", NONE)), 0, nowMillis);
    }

    private List<GuestAbi.HazardRecord> hazards(int count, int rows, long nowMillis) {
        int droppedNow = abi.dropped();
        if (droppedNow != dropped) {
            throw GuestFault.protocol(
                    "it dropped %d hazards for want of room in its out region"
                            .formatted(droppedNow - dropped));
        }
        return count == 0
                ? List.of()
                : abi.hazards(count, rows, bound, nowMillis, module.manifest());
    }

    private static int answered(String export, int answer) {
        if (answer < 0) {
            throw new GuestFault(
                    PolicyFailure.Kind.ERROR_CODE, "%s answered %d".formatted(export, answer));
        }
        return answer;
    }

    private int call(ExportFunction function, String export, long... arguments) {
        return metered(function, export, module.grant().fuelPerCall(), arguments);
    }

    /** Runs guest code under the watchdog. */
    private int metered(ExportFunction function, String export, long fuel, long... arguments) {
        host.begin();
        GuestFault fault = null;
        long[] answer = NONE;
        meter.refill(fuel);
        fuelGiven = fuel;
        watchdog.begin(deadlineTicks);
        try {
            answer = function.apply(arguments);
        } catch (GuestFault e) {
            fault = e;
        } catch (StackOverflowError e) {
            fault = limit(export, LimitTrap.Limit.STACK, fuel);
        } catch (LimitTrap e) {
            fault = limit(export, e.limit(), fuel);
        } catch (ChicoryException e) {
            fault = stoppedByMetering(export, fuel).orElseGet(() -> GuestTrap.of(export, e));
        } catch (ArithmeticException e) {
            fault = GuestTrap.of(export, e);
        } catch (IndexOutOfBoundsException e) {
            fault = GuestTrap.of(export, e);
        } catch (ClassCastException | NegativeArraySizeException e) {
            fault = GuestFault.protocol("%s broke the engine: %s".formatted(export, e));
        }
        boolean overdue = watchdog.end();
        if (overdue) {
            throw new GuestFault(
                    PolicyFailure.Kind.DEADLINE,
                    "%s ran longer than %s".formatted(export, module.grant().deadline()));
        }
        if (fault != null) {
            throw fault;
        }
        return (int) answer[0];
    }

    private static GuestFault limit(String export, LimitTrap.Limit limit, long fuel) {
        return switch (limit) {
            case FUEL ->
                    new GuestFault(
                            PolicyFailure.Kind.FUEL,
                            "%s used up its fuel of %d instructions".formatted(export, fuel));
            case STACK ->
                    new GuestFault(
                            PolicyFailure.Kind.TRAP_STACK,
                            "%s nested its calls more than %d deep"
                                    .formatted(export, FuelPlan.CALL_DEPTH));
        };
    }

    /** What {@link Metering} added stops with {@code unreachable}: its globals tell why. */
    private Optional<GuestFault> stoppedByMetering(String export, long fuel) {
        if (meter.left() < 0) {
            return Optional.of(limit(export, LimitTrap.Limit.FUEL, fuel));
        }
        return meter instanceof MeterGlobals globals && globals.tooDeep()
                ? Optional.of(limit(export, LimitTrap.Limit.STACK, fuel))
                : Optional.empty();
    }
}
