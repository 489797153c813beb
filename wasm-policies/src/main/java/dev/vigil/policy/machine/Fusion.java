package dev.vigil.policy.machine;

import org.jspecify.annotations.Nullable;

/**
 * Pairs of operations that are common in compiled policies and become one: each costs the loop a
 * turn. Immutable. A place of the operand stack that only joins the two is not written any more;
 * whatever else the first one writes still is.
 *
 * @param word the operation that does both, with three operands
 * @param second the word behind it: a register, and of an access its offset in the upper half
 */
record Fusion(long word, long second) {
    /**
     * @param firstPlace registers from here on are places of the operand stack: read once
     * @return null when there is no operation for both
     */
    static @Nullable Fusion of(long first, long second, int firstPlace) {
        boolean joins = Word.a(first) >= firstPlace;
        return switch (Word.operation(first)) {
            case Op.MOVE -> moves(first, second);
            case Op.I32_ADD -> access(first, second);
            case Op.I32_SHL -> joins ? either(first, second, Op.I32_ADD, Op.I32_SHL_ADD) : null;
            case Op.F64_MUL -> joins ? product(first, second) : null;
            case Op.F64_SUB -> joins ? either(first, second, Op.F64_MUL, Op.F64_SUB_MUL) : null;
            default -> null;
        };
    }

    private static @Nullable Fusion moves(long first, long second) {
        return Word.operation(second) == Op.MOVE
                ? new Fusion(
                        Word.of(Op.MOVE_MOVE, Word.a(first), Word.b(first), Word.b(second)),
                        Word.a(second))
                : null;
    }

    /** An address is computed, and loaded from or stored to. */
    private static @Nullable Fusion access(long sum, long access) {
        int operation =
                switch (Word.operation(access)) {
                    case Op.LOAD_32_S -> Op.ADD_LOAD_32_S;
                    case Op.LOAD_64 -> Op.ADD_LOAD_64;
                    case Op.STORE_32 -> Op.ADD_STORE_32;
                    case Op.STORE_64 -> Op.ADD_STORE_64;
                    default -> 0;
                };
        if (operation == 0) {
            return null;
        }
        boolean load = operation == Op.ADD_LOAD_32_S || operation == Op.ADD_LOAD_64;
        int address = load ? Word.b(access) : Word.a(access);
        int value = load ? Word.a(access) : Word.b(access);
        if (address != Word.a(sum) || (!load && value == address)) {
            return null;
        }
        return new Fusion(
                Word.of(operation, value, Word.b(sum), Word.c(sum)),
                (long) Word.c(access) << Word.C_SHIFT | address);
    }

    private static @Nullable Fusion product(long product, long second) {
        Fusion sum = either(product, second, Op.F64_ADD, Op.F64_MUL_ADD);
        if (sum != null) {
            return sum;
        }
        int joint = Word.a(product);
        return Word.operation(second) == Op.F64_SUB
                        && Word.c(second) == joint
                        && Word.b(second) != joint
                ? joined(product, second, Word.b(second), Op.F64_MUL_SUB)
                : null;
    }

    /** The second takes the first's result as one operand, no matter which. */
    private static @Nullable Fusion either(long first, long second, int operation, int fused) {
        int joint = Word.a(first);
        int b = Word.b(second);
        int c = Word.c(second);
        if (Word.operation(second) != operation || (b == joint) == (c == joint)) {
            return null;
        }
        return joined(first, second, b == joint ? c : b, fused);
    }

    private static Fusion joined(long first, long second, int other, int fused) {
        return new Fusion(Word.of(fused, Word.a(second), other, Word.b(first)), Word.c(first));
    }
}
