package dev.vigil.policy;

import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.types.ExternalType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a policy: calls into the guest, and what stops it. Owned by one thread, which is
 * the one that calls.
 *
 * <p>Every call either returns or throws {@link GuestFault}; after a fault the instance is not to
 * be used again.
 */
final class WasmPolicy {
    private static final int HOST_CALLS_MAX = 64;
    private static final int LOG_BYTES_MAX = 256;
    private static final long[] NONE = {};

    private final PolicyModule module;
    private final Watchdog watchdog;
    private final GuestLog log;
    private final Memory memory;
    private final GuestAbi abi;
    private final int slots;
    private final ExportFunction process;
    private final @Nullable ExportFunction tick;
    private int hostCalls;
    private int dropped;

    /** Makes an instance: layout, configuration and slots are in place afterwards. */
    WasmPolicy(
            PolicyModule module,
            SortedMap<Integer, Double> configuration,
            List<GuestAbi.Slot> slots,
            Watchdog watchdog,
            GuestLog log) {
        this.module = module;
        this.watchdog = watchdog;
        this.log = log;
        this.slots = slots.size();
        Instance instance = instantiate(module);
        this.memory = instance.memory();
        this.process = instance.export("vigil_process");
        this.tick = exports("vigil_tick") ? instance.export("vigil_tick") : null;
        int minor = call(instance.export("vigil_abi_v1"), "vigil_abi_v1", NONE);
        if (minor != 0) {
            throw GuestFault.protocol(
                    "vigil_abi_v1 says minor version %d, this node knows 0".formatted(minor));
        }
        this.abi =
                new GuestAbi(memory, call(instance.export("vigil_layout"), "vigil_layout", NONE));
        if (abi.columns() != module.manifest().columns()) {
            throw GuestFault.protocol(
                    "the layout has columns %s, the manifest %s"
                            .formatted(
                                    GuestAbi.columnNames(abi.columns()),
                                    GuestAbi.columnNames(module.manifest().columns())));
        }
        if (abi.stateVersion() != module.manifest().stateVersion()) {
            throw GuestFault.protocol(
                    "the layout has state version %d, the manifest %d"
                            .formatted(abi.stateVersion(), module.manifest().stateVersion()));
        }
        int length = abi.configuration(configuration);
        answered("vigil_init", call(instance.export("vigil_init"), "vigil_init", length));
        if (exports("vigil_slot")) {
            bind(instance.export("vigil_slot"), slots);
        }
        dropped = abi.dropped();
    }

    private void bind(ExportFunction function, List<GuestAbi.Slot> slots) {
        for (int slot = 0; slot < slots.size(); slot++) {
            abi.descriptor(slot, slots.get(slot));
            answered("vigil_slot", call(function, "vigil_slot", slot, 1));
        }
        abi.slotsBound();
    }

    private boolean exports(String name) {
        for (int i = 0; i < module.wasm().exportSection().exportCount(); i++) {
            var export = module.wasm().exportSection().getExport(i);
            if (export.name().equals(name) && export.exportType() == ExternalType.FUNCTION) {
                return true;
            }
        }
        return false;
    }

    private Instance instantiate(PolicyModule module) {
        ImportValues imports =
                ImportValues.builder()
                        .addFunction(
                                new HostFunction("vigil1", "log", ModuleRules.THREE_I32, this::log),
                                new HostFunction(
                                        "vigil1", "abort", ModuleRules.THREE_I32, this::abort))
                        .build();
        try {
            return Instance.builder(module.wasm())
                    .withImportValues(imports)
                    .withMemoryFactory(ByteArrayMemory::new)
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

    boolean ticks() {
        return tick != null;
    }

    /** Judges the rows written to {@link #abi()}. */
    List<GuestAbi.HazardRecord> process(int rows, int flags, long nowMillis, long firstSequence) {
        abi.header(rows, flags, nowMillis, firstSequence);
        int count = answered("vigil_process", call(process, "vigil_process", rows));
        return hazards(count, rows, nowMillis);
    }

    /** Tells the policy the time, when it wants to know. */
    List<GuestAbi.HazardRecord> tick(long nowMillis) {
        if (tick == null) {
            return List.of();
        }
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
                : abi.hazards(count, rows, slots, nowMillis, module.manifest());
    }

    private static int answered(String export, int answer) {
        if (answer < 0) {
            throw new GuestFault(
                    PolicyFailure.Kind.ERROR_CODE, "%s answered %d".formatted(export, answer));
        }
        return answer;
    }

    /** Runs guest code under the watchdog. */
    private int call(ExportFunction function, String export, long... arguments) {
        hostCalls = 0;
        GuestFault fault = null;
        long[] answer = NONE;
        watchdog.begin();
        try {
            answer = function.apply(arguments);
        } catch (GuestFault e) {
            fault = e;
        } catch (StackOverflowError e) {
            fault = stack(export);
        } catch (ChicoryException e) {
            String message = String.valueOf(e.getMessage());
            fault =
                    message.contains("call stack exhausted")
                            ? stack(export)
                            : trap(export, message);
        } catch (ArithmeticException
                | IndexOutOfBoundsException
                | ClassCastException
                | NegativeArraySizeException e) {
            fault = trap(export, e.toString());
        }
        boolean overdue = watchdog.end();
        if (overdue) {
            throw new GuestFault(
                    PolicyFailure.Kind.DEADLINE,
                    "%s ran longer than %s".formatted(export, PolicySet.DEADLINE));
        }
        if (fault != null) {
            throw fault;
        }
        return (int) answer[0];
    }

    private static GuestFault trap(String export, String message) {
        return new GuestFault(PolicyFailure.Kind.TRAP, "%s trapped: %s".formatted(export, message));
    }

    private static GuestFault stack(String export) {
        return new GuestFault(
                PolicyFailure.Kind.STACK, "%s nested its calls too deeply".formatted(export));
    }

    @SuppressWarnings("UnusedVariable") // the signature is Chicory's
    private long @Nullable [] log(Instance instance, long... arguments) {
        log.line((int) arguments[0], text(arguments[1], arguments[2]));
        return null;
    }

    @SuppressWarnings("UnusedVariable") // the signature is Chicory's
    private long @Nullable [] abort(Instance instance, long... arguments) {
        throw new GuestFault(
                PolicyFailure.Kind.TRAP,
                "it aborted with code %d: '%s'"
                        .formatted((int) arguments[0], text(arguments[1], arguments[2])));
    }

    /** The guest's text, bounds checked and made harmless; counts as a host call. */
    private String text(long pointer, long length) {
        if (++hostCalls > HOST_CALLS_MAX) {
            throw new GuestFault(
                    PolicyFailure.Kind.HOST_CALLS,
                    "it called the host more than %d times in one call".formatted(HOST_CALLS_MAX));
        }
        long start = pointer & 0xFFFF_FFFFL;
        long bytes = length & 0xFFFF_FFFFL;
        if (bytes > LOG_BYTES_MAX || start + bytes > (long) memory.pages() * Memory.PAGE_SIZE) {
            throw GuestFault.protocol(
                    "text of a host call is %d bytes at %d: up to %d bytes inside the memory"
                            .formatted(bytes, start, LOG_BYTES_MAX));
        }
        byte[] text = memory.readBytes((int) start, (int) bytes);
        return new String(text, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }
}
