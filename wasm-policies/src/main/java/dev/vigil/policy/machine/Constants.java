package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.types.Instruction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The constants of a function that have registers, so that every operation can take one as operand.
 * Owned by the thread that translates. Entering the function writes them, so they are few.
 */
final class Constants {
    private static final int REGISTERS_MAX = 256;

    private final Map<Long, Integer> registers = new LinkedHashMap<>();

    /** Those of the function, from this register on. */
    Constants(List<? extends Instruction> body, int firstRegister) {
        for (Instruction instruction : body) {
            if (isConstant(instruction) && registers.size() < REGISTERS_MAX) {
                registers.putIfAbsent(value(instruction), firstRegister + registers.size());
            }
        }
    }

    static boolean isConstant(Instruction instruction) {
        return switch (instruction.opcode()) {
            case I32_CONST, I64_CONST, F32_CONST, F64_CONST -> true;
            default -> false;
        };
    }

    /** The 64 bits a register holds for it: those of 32 bits are sign-extended. */
    static long value(Instruction constant) {
        return switch (constant.opcode()) {
            case I32_CONST, F32_CONST -> (int) constant.operand(0);
            default -> constant.operand(0);
        };
    }

    @Nullable Integer register(long value) {
        return registers.get(value);
    }

    int size() {
        return registers.size();
    }

    /** What the registers between the parameters and the operand stack hold at the start. */
    long[] preset(int locals) {
        long[] preset = new long[locals + registers.size()];
        int next = locals;
        for (long value : registers.keySet()) {
            preset[next++] = value;
        }
        return preset;
    }
}
