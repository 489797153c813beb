package dev.vigil.policy;

import com.dylibso.chicory.wasm.types.OpCode;

/** Which instructions make a NaN whose bits the CPU chooses, and which let nobody see them. */
final class FloatOperations {
    private FloatOperations() {}

    static boolean makesNan(OpCode opcode) {
        return switch (opcode) {
            case F32_ADD,
                    F32_SUB,
                    F32_MUL,
                    F32_DIV,
                    F32_SQRT,
                    F32_MIN,
                    F32_MAX,
                    F32_CEIL,
                    F32_FLOOR,
                    F32_TRUNC,
                    F32_NEAREST,
                    F32_DEMOTE_F64,
                    F64_ADD,
                    F64_SUB,
                    F64_MUL,
                    F64_DIV,
                    F64_SQRT,
                    F64_MIN,
                    F64_MAX,
                    F64_CEIL,
                    F64_FLOOR,
                    F64_TRUNC,
                    F64_NEAREST,
                    F64_PROMOTE_F32 ->
                    true;
            default -> false;
        };
    }

    /**
     * Whether the instruction, with any NaN on top of the stack, does the same: its result is made
     * canonical itself, a comparison, or an integer.
     */
    static boolean hidesNan(OpCode opcode) {
        return makesNan(opcode)
                || switch (opcode) {
                    case F32_EQ,
                            F32_NE,
                            F32_LT,
                            F32_GT,
                            F32_LE,
                            F32_GE,
                            F64_EQ,
                            F64_NE,
                            F64_LT,
                            F64_GT,
                            F64_LE,
                            F64_GE,
                            DROP ->
                            true;
                    default -> false;
                };
    }
}
