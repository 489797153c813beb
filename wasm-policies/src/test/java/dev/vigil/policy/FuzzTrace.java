package dev.vigil.policy;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import dev.vigil.policy.machine.LimitTrap;
import dev.vigil.policy.machine.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * All that can be seen of a module's execution, as lines: what it logs, results with every bit,
 * traps by their kind, fuel that is left, the memory after each call, the globals at the end. Owned
 * by the test's thread.
 */
final class FuzzTrace {
    private static final List<ValType> LOGGED =
            List.of(ValType.I32, ValType.I64, ValType.F32, ValType.F64);

    private final List<String> lines = new ArrayList<>();

    private FuzzTrace() {}

    /**
     * @param module metered, unless the machine meters by itself
     * @param fuel for each call
     */
    static List<String> of(
            TestMachine machine, WasmModule module, List<FuzzCall> calls, long fuel) {
        FuzzTrace trace = new FuzzTrace();
        ImportValues imports =
                ImportValues.builder()
                        .addFunction(LOGGED.stream().map(trace::log).toArray(HostFunction[]::new))
                        .build();
        try {
            trace.run(machine.instantiate(module, imports), calls, fuel);
        } catch (ChicoryException e) {
            trace.lines.add("not instantiated: " + e.getMessage());
        }
        return trace.lines;
    }

    private HostFunction log(ValType type) {
        return new HostFunction(
                "fuzzing-support",
                "log-" + type(type),
                FunctionType.of(List.of(type), List.of()),
                (instance, arguments) -> {
                    lines.add("log " + text(type, arguments[0]));
                    return new long[0];
                });
    }

    private void run(Instance instance, List<FuzzCall> calls, long fuel) {
        Meter meter = instance.getMachine() instanceof Meter own ? own : new MeterGlobals(instance);
        for (FuzzCall call : calls) {
            meter.refill(fuel);
            lines.add("call " + call);
            try {
                long[] results = instance.export(call.export()).apply(call.arguments());
                List<ValType> types = call.type().returns();
                lines.add(types.isEmpty() ? "=" : "= " + text(types.getFirst(), results[0]));
                lines.add("fuel " + meter.left());
            } catch (ChicoryException | ArithmeticException | IndexOutOfBoundsException e) {
                lines.add("! " + trap(e, meter));
            }
            CRC32 memory = new CRC32();
            memory.update(instance.memory().readBytes(0, instance.memory().pages() << 16));
            lines.add("memory " + Long.toHexString(memory.getValue()));
        }
        int globals = instance.module().globalSection().globalCount();
        for (int i = 0; i < globals - (meter instanceof MeterGlobals ? 2 : 0); i++) {
            ValType type = instance.global(i).getType();
            lines.add(
                    FuzzShape.global(instance.module(), i)
                            + " "
                            + text(type, instance.global(i).getValue()));
        }
    }

    private static String trap(RuntimeException thrown, Meter meter) {
        if (thrown instanceof LimitTrap limit) {
            return limit.limit() == LimitTrap.Limit.FUEL ? "FUEL " + meter.left() : "STACK";
        }
        if (meter instanceof MeterGlobals globals) {
            if (meter.left() < 0) {
                return "FUEL " + meter.left();
            }
            if (globals.tooDeep()) {
                return "STACK";
            }
        }
        if (thrown instanceof ArithmeticException) {
            return "DIVIDE_BY_ZERO";
        }
        String text = String.valueOf(thrown.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("unreachable")) {
            return "UNREACHABLE";
        }
        if (text.contains("divide by zero")) {
            return "DIVIDE_BY_ZERO";
        }
        if (text.contains("integer")) {
            return "UNREPRESENTABLE";
        }
        if (text.contains("undefined element") || text.contains("out of bounds table")) {
            return "TABLE_INDEX";
        }
        if (text.contains("uninitialized element") || text.contains("indirect call")) {
            return "TABLE_TYPE";
        }
        return thrown instanceof IndexOutOfBoundsException || text.contains("out of bounds")
                ? "MEMORY"
                : thrown.toString();
    }

    static String type(ValType type) {
        return type.toString().toLowerCase(Locale.ROOT);
    }

    static String text(ValType type, long bits) {
        boolean narrow = type.equals(ValType.I32) || type.equals(ValType.F32);
        return type(type) + " " + Long.toHexString(narrow ? bits & 0xFFFF_FFFFL : bits);
    }

    /** As a machine sees it from which NaNs come without their bits: V8, by way of JavaScript. */
    static List<String> withoutNans(List<String> trace) {
        return trace.stream()
                .map(
                        line ->
                                line.startsWith("call") || !line.contains("f")
                                        ? line
                                        : withoutNan(line))
                .toList();
    }

    private static String withoutNan(String line) {
        int at = line.lastIndexOf(' ');
        String bits = line.substring(at + 1);
        String before = line.substring(0, at);
        boolean nan =
                before.endsWith("f32")
                        ? Float.isNaN(Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16)))
                        : before.endsWith("f64")
                                && Double.isNaN(
                                        Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16)));
        return nan ? before + " nan" : line;
    }
}
