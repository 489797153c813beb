package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.types.OpCode;
import org.jspecify.annotations.Nullable;

/** What register code makes of WebAssembly's operations on values. Stateless. */
final class Numerics {
    private static final int FIRST = 0x45;
    private static final int LAST = 0xC4;
    private static final int SATURATING_IN_WASM = 0xFC00;
    private static final int SATURATING_HERE = Op.I32_TRUNC_SAT_F32_S;
    private static final int SATURATING_COUNT = 8;

    /**
     * @param operation of {@link Op}
     * @param operands 1 or 2
     * @param exchanged whether the second operand of the instruction is b
     */
    record Numeric(int operation, int operands, boolean exchanged) {}

    private Numerics() {}

    /** Null for an instruction that is none of these. */
    static @Nullable Numeric of(OpCode opcode) {
        int code = opcode.opcode();
        if (code >= SATURATING_IN_WASM && code < SATURATING_IN_WASM + SATURATING_COUNT) {
            return new Numeric(code - SATURATING_IN_WASM + SATURATING_HERE, 1, false);
        }
        if (code < FIRST || code > LAST) {
            return null;
        }
        return switch (opcode) {
            case I32_GT_S -> new Numeric(Op.I32_LT_S, 2, true);
            case I32_GT_U -> new Numeric(Op.I32_LT_U, 2, true);
            case I32_LE_S -> new Numeric(Op.I32_GE_S, 2, true);
            case I32_LE_U -> new Numeric(Op.I32_GE_U, 2, true);
            case I64_GT_S -> new Numeric(Op.I64_LT_S, 2, true);
            case I64_GT_U -> new Numeric(Op.I64_LT_U, 2, true);
            case I64_LE_S -> new Numeric(Op.I64_GE_S, 2, true);
            case I64_LE_U -> new Numeric(Op.I64_GE_U, 2, true);
            case F32_GT -> new Numeric(Op.F32_LT, 2, true);
            case F32_GE -> new Numeric(Op.F32_LE, 2, true);
            case F64_GT -> new Numeric(Op.F64_LT, 2, true);
            case F64_GE -> new Numeric(Op.F64_LE, 2, true);
            case I32_REINTERPRET_F32,
                    I64_REINTERPRET_F64,
                    F32_REINTERPRET_I32,
                    F64_REINTERPRET_I64 ->
                    new Numeric(Op.MOVE, 1, false);
            default -> new Numeric(code, unary(code) ? 1 : 2, false);
        };
    }

    private static boolean unary(int code) {
        return code == Op.I32_EQZ
                || code == Op.I64_EQZ
                || (code >= Op.I32_CLZ && code <= Op.I32_POPCNT)
                || (code >= Op.I64_CLZ && code <= Op.I64_POPCNT)
                || (code >= Op.F32_ABS && code <= Op.F32_SQRT)
                || (code >= Op.F64_ABS && code <= Op.F64_SQRT)
                || code >= Op.I32_WRAP_I64;
    }

    /** The branch that is taken when this operation's result is not 0; 0 when there is none. */
    static int branchIf(int operation) {
        return switch (operation) {
            case Op.I32_AND -> Op.BR_I32_AND_NEZ;
            case Op.I32_EQ -> Op.BR_I32_EQ;
            case Op.I32_NE -> Op.BR_I32_NE;
            case Op.I32_LT_S -> Op.BR_I32_LT_S;
            case Op.I32_LT_U -> Op.BR_I32_LT_U;
            case Op.I32_GE_S -> Op.BR_I32_GE_S;
            case Op.I32_GE_U -> Op.BR_I32_GE_U;
            case Op.I64_EQZ -> Op.BR_I64_EQZ;
            case Op.I64_EQ -> Op.BR_I64_EQ;
            case Op.I64_NE -> Op.BR_I64_NE;
            case Op.I64_LT_S -> Op.BR_I64_LT_S;
            case Op.I64_LT_U -> Op.BR_I64_LT_U;
            case Op.I64_GE_S -> Op.BR_I64_GE_S;
            case Op.I64_GE_U -> Op.BR_I64_GE_U;
            case Op.F32_EQ -> Op.BR_F32_EQ;
            case Op.F32_NE -> Op.BR_F32_NE;
            case Op.F32_LT -> Op.BR_F32_LT;
            case Op.F32_LE -> Op.BR_F32_LE;
            case Op.F64_EQ -> Op.BR_F64_EQ;
            case Op.F64_NE -> Op.BR_F64_NE;
            case Op.F64_LT -> Op.BR_F64_LT;
            case Op.F64_LE -> Op.BR_F64_LE;
            default -> 0;
        };
    }

    /** The branch that is taken when this one is not: the two of a pair are neighbours. */
    static int opposite(int branch) {
        return branch ^ 1;
    }

    /** Loads of all types: they differ in width and sign only. */
    static int load(OpCode opcode) {
        return switch (opcode) {
            case I32_LOAD8_S, I64_LOAD8_S -> Op.LOAD_8_S;
            case I32_LOAD8_U, I64_LOAD8_U -> Op.LOAD_8_U;
            case I32_LOAD16_S, I64_LOAD16_S -> Op.LOAD_16_S;
            case I32_LOAD16_U, I64_LOAD16_U -> Op.LOAD_16_U;
            case I32_LOAD, F32_LOAD, I64_LOAD32_S -> Op.LOAD_32_S;
            case I64_LOAD32_U -> Op.LOAD_32_U;
            default -> Op.LOAD_64;
        };
    }

    static int store(OpCode opcode) {
        return switch (opcode) {
            case I32_STORE8, I64_STORE8 -> Op.STORE_8;
            case I32_STORE16, I64_STORE16 -> Op.STORE_16;
            case I32_STORE, F32_STORE, I64_STORE32 -> Op.STORE_32;
            default -> Op.STORE_64;
        };
    }
}
