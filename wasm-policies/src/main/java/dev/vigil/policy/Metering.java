package dev.vigil.policy;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.AnnotatedInstruction;
import dev.vigil.policy.machine.FuelPlan;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Rewrites a verified module so that Chicory's machines count what the register machine counts
 * itself: fuel by the same {@link FuelPlan}, call depth, and NaNs with canonical bits. Stateless.
 *
 * <p>Two globals are added, fuel (i64) and depth (i32), which nothing of the module's own can name.
 * Fuel is kept in a local while a function runs and written back around calls and at its end. A
 * function's code is put into a block, so that branches to its end come to the write-back, too.
 * Stopping is {@code unreachable}; the globals tell which limit it was.
 */
final class Metering {
    /** What is added; more than one only to measure what each costs. */
    enum Part {
        FUEL,
        DEPTH,
        CANONICAL_NAN,
        /** Chicory rounds unsigned 64-bit integers to the wrong float: other instructions do it. */
        UNSIGNED_CONVERSION
    }

    private static final int GLOBAL_SECTION = 6;
    private static final int CODE_SECTION = 10;
    private static final int I32 = 0x7F;
    private static final int I64 = 0x7E;

    private final byte[] wasm;
    private final WasmModule module;
    private final Set<Part> parts;
    private final int fuelGlobal;

    private Metering(byte[] wasm, WasmModule module, Set<Part> parts) {
        this.wasm = wasm;
        this.module = module;
        this.parts = parts;
        this.fuelGlobal = module.globalSection().globalCount();
    }

    /**
     * @param module what {@code wasm} was parsed to; it keeps {@link ModuleRules}
     */
    static byte[] meter(byte[] wasm, WasmModule module) {
        return meter(wasm, module, EnumSet.allOf(Part.class));
    }

    static byte[] meter(byte[] wasm, WasmModule module, Set<Part> parts) {
        return new Metering(wasm, module, parts).rewritten();
    }

    private byte[] rewritten() {
        WasmWriter out = new WasmWriter();
        out.bytes(wasm, 0, 8);
        ModuleSections in = new ModuleSections(wasm);
        boolean globals = false;
        while (in.next()) {
            if (in.id() == ModuleSections.CUSTOM) {
                continue;
            }
            if (!globals && (in.id() > GLOBAL_SECTION)) {
                section(out, GLOBAL_SECTION, globals(new WasmWriter(), 0));
                globals = true;
            }
            switch (in.id()) {
                case GLOBAL_SECTION -> {
                    int count = (int) in.u32();
                    WasmWriter own = new WasmWriter();
                    own.bytes(wasm, in.position(), in.end());
                    section(out, GLOBAL_SECTION, globals(own, count));
                    globals = true;
                }
                case CODE_SECTION -> section(out, CODE_SECTION, code(in));
                default -> {
                    WasmWriter same = new WasmWriter();
                    same.bytes(wasm, in.position(), in.end());
                    section(out, in.id(), same);
                }
            }
        }
        return out.toByteArray();
    }

    private static void section(WasmWriter out, int id, WasmWriter content) {
        out.u8(id);
        out.sized(content);
    }

    private static WasmWriter globals(WasmWriter own, int count) {
        WasmWriter section = new WasmWriter();
        section.u32(count + 2);
        section.append(own);
        // (global (mut i64) (i64.const 0)) (global (mut i32) (i32.const 0))
        section.u8(I64, 1, 0x42, 0, 0x0B);
        section.u8(I32, 1, 0x41, 0, 0x0B);
        return section;
    }

    private WasmWriter code(ModuleSections in) {
        WasmWriter section = new WasmWriter();
        int count = (int) in.u32();
        section.u32(count);
        for (int function = 0; function < count; function++) {
            int end = in.sized("function");
            section.sized(function(in, function, end));
            in.skipTo(end);
        }
        return section;
    }

    private WasmWriter function(ModuleSections in, int function, int end) {
        WasmWriter out = new WasmWriter();
        int groups = (int) in.u32();
        int localsAt = in.position();
        for (int i = 0; i < groups; i++) {
            in.u32();
            in.u8();
        }
        List<AnnotatedInstruction> body =
                module.codeSection().functionBodies()[function].instructions();
        var type = module.functionSection().getFunctionType(function, module.typeSection());
        int firstLocal =
                type.params().size()
                        + module.codeSection().functionBodies()[function].localTypes().size();
        MeteredFunction metered = new MeteredFunction(parts, fuelGlobal, firstLocal, body);
        out.u32(groups + MeteredFunction.LOCALS);
        out.bytes(wasm, localsAt, in.position());
        MeteredFunction.locals(out);
        int offset = in.position() - body.getFirst().address();
        metered.write(out, wasm, offset, end, type.returns());
        return out;
    }
}
