package dev.vigil.policy.machine;

/**
 * Pairs of operations that are common in compiled policies and become one: each costs the loop a
 * turn. Stateless. A place of the operand stack that only joins the two is not written any more;
 * whatever else the first one writes still is.
 */
final class Fusion {
    static final int SUM_SHIFT = 11;
    static final int OFFSET_SHIFT = 22;
    private static final int OFFSET_MAX = (1 << (Integer.SIZE - OFFSET_SHIFT)) - 1;

    private Fusion() {}

    /**
     * @param firstPlace registers from here on are places of the operand stack: read once
     * @return the operation that does both; 0 when there is none
     */
    static long of(long first, long second, int firstPlace) {
        int joint = Word.a(first);
        return switch (Word.operation(first)) {
            case Op.MOVE -> moves(first, second);
            case Op.I32_ADD -> access(first, second);
            case Op.I32_SHL ->
                    joint < firstPlace ? 0 : either(first, second, Op.I32_ADD, Op.I32_SHL_ADD);
            case Op.F64_MUL -> joint < firstPlace ? 0 : product(first, second);
            case Op.F64_SUB ->
                    joint < firstPlace ? 0 : either(first, second, Op.F64_MUL, Op.F64_SUB_MUL);
            default -> 0;
        };
    }

    private static long moves(long first, long second) {
        return Word.operation(second) == Op.MOVE
                ? Word.of(
                        Op.MOVE_MOVE,
                        Word.a(first),
                        Word.b(first),
                        Word.pair(Word.b(second), Word.a(second)))
                : 0;
    }

    /** An address is computed, and loaded from or stored to. */
    private static long access(long sum, long access) {
        int operation =
                switch (Word.operation(access)) {
                    case Op.LOAD_32_S -> Op.ADD_LOAD_32_S;
                    case Op.LOAD_64 -> Op.ADD_LOAD_64;
                    case Op.STORE_32 -> Op.ADD_STORE_32;
                    case Op.STORE_64 -> Op.ADD_STORE_64;
                    default -> 0;
                };
        if (operation == 0) {
            return 0;
        }
        boolean load = operation == Op.ADD_LOAD_32_S || operation == Op.ADD_LOAD_64;
        int address = load ? Word.b(access) : Word.a(access);
        int value = load ? Word.a(access) : Word.b(access);
        int offset = Word.c(access);
        if (address != Word.a(sum) || (!load && value == address) || offset > OFFSET_MAX) {
            return 0;
        }
        int c = offset << OFFSET_SHIFT | address << SUM_SHIFT | Word.c(sum);
        return Word.of(operation, value, Word.b(sum), c);
    }

    private static long product(long product, long second) {
        long sum = either(product, second, Op.F64_ADD, Op.F64_MUL_ADD);
        if (sum != 0) {
            return sum;
        }
        int joint = Word.a(product);
        return Word.operation(second) == Op.F64_SUB
                        && Word.c(second) == joint
                        && Word.b(second) != joint
                ? joined(product, second, Word.b(second), Op.F64_MUL_SUB)
                : 0;
    }

    /** The second takes the first's result as one operand, no matter which. */
    private static long either(long first, long second, int operation, int fused) {
        int joint = Word.a(first);
        int b = Word.b(second);
        int c = Word.c(second);
        if (Word.operation(second) != operation || (b == joint) == (c == joint)) {
            return 0;
        }
        return joined(first, second, b == joint ? c : b, fused);
    }

    private static long joined(long first, long second, int other, int fused) {
        return Word.of(fused, Word.a(second), other, Word.pair(Word.b(first), Word.c(first)));
    }
}
