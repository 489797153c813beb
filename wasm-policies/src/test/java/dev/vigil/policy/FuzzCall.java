package dev.vigil.policy;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A call of an export with arguments. Immutable. */
record FuzzCall(String export, FunctionType type, List<Long> values) {
    private static final int CALLS_MAX = 12;

    /** Where errors live: bounds of types, of conversions, of the memory, of exponents. */
    private static final long[] INTEGERS = {
        0,
        1,
        -1,
        2,
        31,
        32,
        63,
        64,
        127,
        128,
        255,
        256,
        32767,
        32768,
        65528,
        65535,
        65536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xFFFF_FFFFL,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private static final double[] NUMBERS = {
        0.0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        2147483647.0,
        2147483648.0,
        -2147483649.0,
        4294967295.0,
        4294967296.0,
        0x1p63,
        -0x1.0000000000001p63,
        0x1p64,
        16777217.0,
        0x1p53,
        Double.MIN_VALUE,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
    };

    /** Every exported function at least once, as far as there is room. */
    static List<FuzzCall> of(WasmModule module, RandomGenerator random) {
        List<FuzzCall> functions = new ArrayList<>();
        @Nullable FuzzCall begin = null;
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            Export export = module.exportSection().getExport(i);
            if (export.exportType() == ExternalType.FUNCTION) {
                FuzzCall call =
                        new FuzzCall(export.name(), type(module, export.index()), List.of());
                if (export.name().equals("hangLimitInitializer")) {
                    begin = call;
                } else {
                    functions.add(call);
                }
            }
        }
        List<FuzzCall> calls = new ArrayList<>();
        for (int i = 0; i < Math.min(CALLS_MAX, 2 * functions.size()); i++) {
            FuzzCall called = functions.get(i % functions.size());
            if (begin != null) {
                calls.add(begin);
            }
            List<Long> values =
                    called.type().params().stream().map(type -> value(type, random)).toList();
            calls.add(new FuzzCall(called.export(), called.type(), values));
        }
        return calls;
    }

    private static FunctionType type(WasmModule module, int function) {
        int imported = 0;
        for (int i = 0; i < module.importSection().importCount(); i++) {
            if (module.importSection().getImport(i) instanceof FunctionImport wanted) {
                if (imported == function) {
                    return module.typeSection().getType(wanted.typeIndex());
                }
                imported++;
            }
        }
        return module.functionSection().getFunctionType(function - imported, module.typeSection());
    }

    private static long value(ValType type, RandomGenerator random) {
        boolean special = random.nextInt(3) > 0;
        if (type.equals(ValType.I32) || type.equals(ValType.I64)) {
            long value = special ? INTEGERS[random.nextInt(INTEGERS.length)] : random.nextLong();
            return type.equals(ValType.I32) ? (int) value : value;
        }
        double value =
                special
                        ? NUMBERS[random.nextInt(NUMBERS.length)]
                        : (random.nextDouble() - 0.5) * Math.pow(2, random.nextInt(140) - 70);
        return type.equals(ValType.F32)
                ? Float.floatToIntBits((float) value) & 0xFFFF_FFFFL
                : Double.doubleToLongBits(value);
    }

    long[] arguments() {
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** As src/test/resources/fuzz/v8.js reads it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(export).append('/');
        text.append(type.returns().isEmpty() ? "-" : FuzzTrace.type(type.returns().getFirst()));
        text.append('/');
        for (int i = 0; i < values.size(); i++) {
            text.append(i == 0 ? "" : ",")
                    .append(FuzzTrace.text(type.params().get(i), values.get(i)).replace(' ', ':'));
        }
        return text.toString();
    }
}
