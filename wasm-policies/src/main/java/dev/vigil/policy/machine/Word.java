package dev.vigil.policy.machine;

/**
 * One instruction of register code is one long: {@code operation} (10 bits), {@code a} and {@code
 * b} (11 bits each, registers), {@code c} (32 bits: a register, two of them, an offset, an index,
 * or a branch). Stateless.
 *
 * <p>A branch is a signed distance in words from the instruction behind it (20 bits) and the fuel
 * that is due when it is not taken (12 bits).
 */
final class Word {
    static final int REGISTERS_MAX = 1 << 11;
    static final int FALL_CHARGE_MAX = (1 << 12) - 1;
    static final int DISTANCE_MAX = (1 << 19) - 1;

    static final int A_SHIFT = 10;
    static final int B_SHIFT = 21;
    static final int C_SHIFT = 32;
    static final int OPERATION_MASK = (1 << 10) - 1;
    static final int REGISTER_MASK = REGISTERS_MAX - 1;
    static final int DISTANCE_SHIFT = 12;

    private Word() {}

    static long of(int operation, int a, int b, int c) {
        return (long) c << C_SHIFT | (long) b << B_SHIFT | (long) a << A_SHIFT | operation;
    }

    static int operation(long word) {
        return (int) word & OPERATION_MASK;
    }

    static int a(long word) {
        return (int) (word >>> A_SHIFT) & REGISTER_MASK;
    }

    static int b(long word) {
        return (int) (word >>> B_SHIFT) & REGISTER_MASK;
    }

    static int c(long word) {
        return (int) (word >>> C_SHIFT);
    }

    static long withA(long word, int a) {
        return (word & ~((long) REGISTER_MASK << A_SHIFT)) | (long) a << A_SHIFT;
    }

    static long withDistance(long word, int distance) {
        return word | (long) (distance << DISTANCE_SHIFT) << C_SHIFT;
    }

    /** Two registers as one c. */
    static int pair(int first, int second) {
        return second << 16 | first;
    }
}
