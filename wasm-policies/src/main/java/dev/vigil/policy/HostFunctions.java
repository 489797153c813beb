package dev.vigil.policy;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a guest may call: the imports of module {@code vigil1}, each one a capability. Owned by the
 * thread that owns its {@link WasmPolicy}. The only way from a guest to the host: every argument is
 * checked, nothing calls back into the guest, and the number of calls is bounded.
 */
final class HostFunctions {
    static final String MODULE = "vigil1";

    private static final FunctionType TEXT =
            FunctionType.of(List.of(ValType.I32, ValType.I32, ValType.I32), List.of());

    /** Types of the imports by name. */
    static final Map<String, FunctionType> TYPES =
            Map.of(
                    "log",
                    TEXT,
                    "abort",
                    TEXT,
                    "metric",
                    FunctionType.of(List.of(ValType.I32, ValType.F64), List.of()),
                    "lookup",
                    FunctionType.of(
                            List.of(ValType.I32, ValType.I64, ValType.I32, ValType.I32),
                            List.of(ValType.I32)));

    private static final int TEXT_BYTES_MAX = 256;
    private static final long OVERFLOW = -5;
    private static final long DENIED = -7;
    private static final long NOT_FOUND = -9;

    private final Manifest manifest;
    private final Grant grant;
    private final GuestLog log;
    private final SortedMap<String, Double> metrics = new TreeMap<>();
    private ReferenceTables tables = ReferenceTables.NONE;
    private int calls;

    HostFunctions(PolicyModule module, GuestLog log) {
        this.manifest = module.manifest();
        this.grant = module.grant();
        this.log = log;
    }

    /** Whether a policy with this grant may import the function. */
    static boolean granted(String name, Grant grant) {
        return name.equals("lookup")
                ? grant.capabilities().stream().anyMatch(c -> c.startsWith("lookup:"))
                : TYPES.containsKey(name) && grant.may(name);
    }

    ImportValues imports() {
        return ImportValues.builder()
                .addFunction(function("log", this::log))
                .addFunction(function("abort", this::abort))
                .addFunction(function("metric", this::metric))
                .addFunction(function("lookup", this::lookup))
                .build();
    }

    private static HostFunction function(String name, WasmFunctionHandle handle) {
        FunctionType type = TYPES.get(name);
        if (type == null) {
            throw new IllegalStateException("host function " + name + " has no type");
        }
        return new HostFunction(MODULE, name, type, handle);
    }

    /** A call of the guest begins: it may call the host anew. */
    void begin() {
        calls = 0;
    }

    /** What lookups of the calls that follow read. */
    void pin(ReferenceTables tables) {
        this.tables = tables;
    }

    /** The last value of each metric the guest has told. */
    SortedMap<String, Double> metrics() {
        return metrics;
    }

    private void count() {
        if (++calls > grant.hostCallsPerBatch()) {
            throw new GuestFault(
                    PolicyFailure.Kind.HOST_CALLS,
                    "it called the host more than %d times in one call"
                            .formatted(grant.hostCallsPerBatch()));
        }
    }

    private long @Nullable [] log(Instance instance, long... arguments) {
        log.line((int) arguments[0], text(instance, arguments[1], arguments[2]));
        return null;
    }

    private long @Nullable [] abort(Instance instance, long... arguments) {
        throw new GuestFault(
                PolicyFailure.Kind.TRAP_UNREACHABLE,
                "it aborted with code %d: '%s'"
                        .formatted((int) arguments[0], text(instance, arguments[1], arguments[2])));
    }

    @SuppressWarnings("UnusedVariable") // the signature is Chicory's
    private long @Nullable [] metric(Instance instance, long... arguments) {
        count();
        int id = (int) arguments[0];
        double value = Double.longBitsToDouble(arguments[1]);
        String name = manifest.metrics().get(id);
        if (name == null || !Double.isFinite(value)) {
            throw GuestFault.protocol(
                    "metric %d is %s: its id is declared in the manifest, its value finite"
                            .formatted(id, value));
        }
        metrics.put(name, value);
        return null;
    }

    private long[] lookup(Instance instance, long... arguments) {
        count();
        String table = manifest.lookups().get((int) arguments[0]);
        if (table == null || !grant.may("lookup:" + table)) {
            return new long[] {DENIED};
        }
        byte[] row = tables.row(table, arguments[1]);
        if (row == null) {
            return new long[] {NOT_FOUND};
        }
        int room = region(instance, arguments[2], arguments[3], Integer.MAX_VALUE);
        if (row.length > room) {
            return new long[] {OVERFLOW};
        }
        instance.memory().write((int) arguments[2], row, 0, row.length);
        return new long[] {row.length};
    }

    /** The guest's text, made harmless; counts as a host call. */
    private String text(Instance instance, long pointer, long length) {
        count();
        int bytes = region(instance, pointer, length, TEXT_BYTES_MAX);
        byte[] text = instance.memory().readBytes((int) pointer, bytes);
        return new String(text, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }

    private static int region(Instance instance, long pointer, long length, int max) {
        long start = pointer & 0xFFFF_FFFFL;
        long bytes = length & 0xFFFF_FFFFL;
        long memory = (long) instance.memory().pages() * Memory.PAGE_SIZE;
        if (bytes > max || start + bytes > memory) {
            throw GuestFault.protocol(
                    "a host call names %d bytes at %d: allowed are %d bytes inside the memory of %d"
                            .formatted(bytes, start, max, memory));
        }
        return (int) bytes;
    }
}
