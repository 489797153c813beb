package dev.vigil.policy;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionBody;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import java.nio.charset.StandardCharsets;

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
        WasmWriter out = new WasmWriter();
        out.bytes(wasm, 0, 8);
        ModuleSections in = new ModuleSections(wasm);
        while (in.next()) {
            WasmWriter content = new WasmWriter();
            switch (in.id()) {
                case MEMORY_SECTION -> content.u8(1, 1, 1, 1);
                case CODE_SECTION -> code(content, wasm, in, module, hangLimit);
                default -> content.bytes(wasm, in.position(), in.end());
            }
            out.u8(in.id());
            out.sized(content);
        }
        return out.toByteArray();
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

    private static void code(
            WasmWriter content, byte[] wasm, ModuleSections in, WasmModule module, int hangLimit) {
        int initializer =
                exported(module, HANG_LIMIT) - module.importSection().count(ExternalType.FUNCTION);
        int count = (int) in.u32();
        content.u32(count);
        for (int function = 0; function < count; function++) {
            int end = in.sized("function");
            WasmWriter body = new WasmWriter();
            if (function == initializer) {
                var own = module.codeSection().functionBodies()[function].instructions();
                body.u8(0, 0x41);
                body.signed(hangLimit);
                body.bytes(
                        wasm, own.get(1).address(), own.getLast().address() + 1); // global.set, end
            } else {
                body.bytes(wasm, in.position(), end);
            }
            content.sized(body);
            in.skipTo(end);
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
        WasmWriter out = new WasmWriter();
        out.bytes(metered, 0, 8);
        ModuleSections in = new ModuleSections(metered);
        while (in.next()) {
            WasmWriter content = new WasmWriter();
            if (in.id() == EXPORT_SECTION) {
                int globals = module.globalSection().globalCount();
                content.u32((int) in.u32() + globals);
                content.bytes(metered, in.position(), in.end());
                for (int i = 0; i < globals; i++) {
                    String name =
                            i == globals - 2
                                    ? "meter fuel"
                                    : i == globals - 1 ? "meter depth" : global(module, i);
                    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
                    content.u32(bytes.length);
                    content.bytes(bytes, 0, bytes.length);
                    content.u8(3);
                    content.u32(i);
                }
            } else {
                content.bytes(metered, in.position(), in.end());
            }
            out.u8(in.id());
            out.sized(content);
        }
        return out.toByteArray();
    }

    /**
     * For Chicory's interpreter, whose {@code i32.mul} leaves all 64 bits of the product on its
     * stack, where {@code if}, {@code br_if} and {@code select} take -128 * 2^25 for true: behind
     * each one an {@code i32.and} that takes the lower 32.
     */
    static byte[] narrowProducts(byte[] metered) {
        WasmModule module = Parser.parse(metered);
        WasmWriter out = new WasmWriter();
        out.bytes(metered, 0, 8);
        ModuleSections in = new ModuleSections(metered);
        while (in.next()) {
            WasmWriter content = new WasmWriter();
            if (in.id() == CODE_SECTION) {
                int count = (int) in.u32();
                content.u32(count);
                for (int function = 0; function < count; function++) {
                    int end = in.sized("function");
                    WasmWriter body = new WasmWriter();
                    int from = in.position();
                    for (Instruction instruction :
                            module.codeSection().functionBodies()[function].instructions()) {
                        if (instruction.opcode() == OpCode.I32_MUL) {
                            int next = instruction.address() + 1;
                            body.bytes(metered, from, next);
                            body.u8(0x41, 0x7F, 0x71); // i32.const -1, i32.and
                            from = next;
                        }
                    }
                    body.bytes(metered, from, end);
                    content.sized(body);
                    in.skipTo(end);
                }
            } else {
                content.bytes(metered, in.position(), in.end());
            }
            out.u8(in.id());
            out.sized(content);
        }
        return out.toByteArray();
    }

    /** How a global is called in traces. */
    static String global(WasmModule module, int index) {
        return "global "
                + index
                + " "
                + FuzzTrace.type(module.globalSection().getGlobal(index).valueType());
    }
}
