package dev.vigil.policy;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionBody;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Makes of what {@code wasm-opt -ttf} generated a module with the instructions of ABI v1: {@code
 * memory.init} becomes {@code memory.copy}, {@code data.drop} nothing, the memory is one page that
 * can't grow. Its loops and calls go on for as long as the test wants, not only 10 times.
 * Stateless.
 */
final class FuzzShape {
    private static final String HANG_LIMIT = "hangLimitInitializer";
    private static final int MEMORY_SECTION = 5;
    private static final int EXPORT_SECTION = 7;
    private static final int CODE_SECTION = 10;
    private static final int NOP = 0x01;

    private FuzzShape() {}

    /**
     * @param hangLimit loops and calls until the module ends itself
     */
    static byte[] shaped(byte[] generated, int hangLimit) {
        WasmModule module = Parser.parse(generated);
        byte[] wasm = generated.clone();
        for (FunctionBody body : module.codeSection().functionBodies()) {
            body.instructions()
                    .forEach(instruction -> patch(wasm, instruction, instruction.address()));
        }
        int initializer =
                exported(module, HANG_LIMIT) - module.importSection().count(ExternalType.FUNCTION);
        return rewritten(
                wasm,
                Map.of(
                        MEMORY_SECTION,
                        (_, content) -> content.u8(1, 1, 1, 1),
                        CODE_SECTION,
                        bodies(
                                (function, from, end, body) -> {
                                    if (function != initializer) {
                                        body.bytes(wasm, from, end);
                                        return;
                                    }
                                    var own =
                                            module.codeSection()
                                                    .functionBodies()[function]
                                                    .instructions();
                                    body.u8(0, 0x41);
                                    body.signed(hangLimit);
                                    // global.set, end
                                    body.bytes(
                                            wasm,
                                            own.get(1).address(),
                                            own.getLast().address() + 1);
                                })));
    }

    /** Writes another content of the section that is read. */
    private interface Content {
        void write(ModuleSections in, WasmWriter content);
    }

    /** Writes another body of a function than that from here to there. */
    private interface Body {
        void write(int function, int from, int end, WasmWriter body);
    }

    /** The module with these contents of the sections of these ids. */
    private static byte[] rewritten(byte[] wasm, Map<Integer, Content> others) {
        WasmWriter out = new WasmWriter();
        out.bytes(wasm, 0, 8);
        ModuleSections in = new ModuleSections(wasm);
        while (in.next()) {
            WasmWriter content = new WasmWriter();
            Content other = others.get(in.id());
            if (other == null) {
                content.bytes(wasm, in.position(), in.end());
            } else {
                other.write(in, content);
            }
            out.u8(in.id());
            out.sized(content);
        }
        return out.toByteArray();
    }

    /** A code section with these bodies. */
    private static Content bodies(Body others) {
        return (in, content) -> {
            int count = (int) in.u32();
            content.u32(count);
            for (int function = 0; function < count; function++) {
                int end = in.sized("function");
                WasmWriter body = new WasmWriter();
                others.write(function, in.position(), end, body);
                content.sized(body);
                in.skipTo(end);
            }
        };
    }

    private static void patch(byte[] wasm, Instruction instruction, int at) {
        if (instruction.opcode() == OpCode.MEMORY_INIT) {
            wasm[at + 1] = 0x0A;
            wasm[at + 2] = 0;
        } else if (instruction.opcode() == OpCode.DATA_DROP) {
            wasm[at] = NOP;
            wasm[at + 1] = NOP;
            wasm[at + 2] = NOP;
        }
    }

    private static int exported(WasmModule module, String name) {
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            Export export = module.exportSection().getExport(i);
            if (export.name().equals(name)) {
                return export.index();
            }
        }
        throw new IllegalArgumentException("there is no export " + name);
    }

    /** The metered module with every global exported, for a machine that can't be looked into. */
    static byte[] transparent(byte[] metered) {
        WasmModule module = Parser.parse(metered);
        int globals = module.globalSection().globalCount();
        return rewritten(
                metered,
                Map.of(
                        EXPORT_SECTION,
                        (in, content) -> {
                            content.u32((int) in.u32() + globals);
                            content.bytes(metered, in.position(), in.end());
                            for (int i = 0; i < globals; i++) {
                                byte[] name =
                                        exportedAs(module, i, globals)
                                                .getBytes(StandardCharsets.UTF_8);
                                content.u32(name.length);
                                content.bytes(name, 0, name.length);
                                content.u8(3);
                                content.u32(i);
                            }
                        }));
    }

    /** The last two are those of metering. */
    private static String exportedAs(WasmModule module, int global, int globals) {
        return global == globals - 2
                ? "meter fuel"
                : global == globals - 1 ? "meter depth" : global(module, global);
    }

    /**
     * For Chicory's interpreter, whose {@code i32.mul} leaves all 64 bits of the product on its
     * stack, where {@code if}, {@code br_if} and {@code select} take -128 * 2^25 for true: behind
     * each one an {@code i32.and} that takes the lower 32.
     */
    static byte[] narrowProducts(byte[] metered) {
        FunctionBody[] functions = Parser.parse(metered).codeSection().functionBodies();
        return rewritten(
                metered,
                Map.of(
                        CODE_SECTION,
                        bodies(
                                (function, begin, end, body) -> {
                                    int from = begin;
                                    for (Instruction instruction :
                                            functions[function].instructions()) {
                                        if (instruction.opcode() == OpCode.I32_MUL) {
                                            int next = instruction.address() + 1;
                                            body.bytes(metered, from, next);
                                            body.u8(0x41, 0x7F, 0x71); // i32.const -1, i32.and
                                            from = next;
                                        }
                                    }
                                    body.bytes(metered, from, end);
                                })));
    }

    /** How a global is called in traces. */
    static String global(WasmModule module, int index) {
        return "global "
                + index
                + " "
                + FuzzTrace.type(module.globalSection().getGlobal(index).valueType());
    }
}
