package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.ArrayList;
import java.util.List;

/** The types of a module's functions and blocks. Immutable. */
final class Signatures {
    private static final int NO_VALUES = 0x40;

    private final WasmModule module;
    private final List<FunctionType> imported;

    Signatures(WasmModule module) {
        this.module = module;
        this.imported = new ArrayList<>();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            if (module.importSection().getImport(i) instanceof FunctionImport function) {
                imported.add(type(function.typeIndex()));
            }
        }
    }

    int imports() {
        return module.importSection().count(ExternalType.FUNCTION);
    }

    FunctionType type(int index) {
        return module.typeSection().getType(index);
    }

    /** Of any function, imported ones first. */
    FunctionType function(int index) {
        return index < imported.size() ? imported.get(index) : own(index - imported.size());
    }

    /** Of a function with a body. */
    FunctionType own(int index) {
        return module.functionSection().getFunctionType(index, module.typeSection());
    }

    /** Of a {@code block}, {@code loop} or {@code if}. */
    FunctionType block(Instruction instruction) {
        long type = instruction.operand(0);
        if (type == NO_VALUES) {
            return FunctionType.empty();
        }
        if (ValType.isValid(type)) {
            // Which type doesn't matter here, only that it is one value.
            return FunctionType.returning(ValType.I64);
        }
        return type((int) type);
    }
}
