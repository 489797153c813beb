package dev.vigil.policy.machine;

import java.util.Arrays;

/**
 * Register code as it grows. Owned by the thread that translates.
 *
 * <p>It knows the last two instructions as long as nothing can jump behind them: those may still be
 * changed, which is how an operation and the {@code local.set} behind it, a comparison and its
 * branch, or a pair of {@link Fusion} become one.
 */
final class CodeBuffer {
    private static final int NONE = -1;

    private long[] words = new long[256];
    private int size;
    private int function;
    private int firstPlace;

    /** Address of the last instruction, and whether its a may still be changed. */
    private int last = NONE;

    private boolean lastWrites;
    private int beforeLast = NONE;
    private boolean beforeLastWrites;

    /**
     * Starts a function; its address.
     *
     * @param placesFrom its first register that is a place of the operand stack
     */
    int begin(int index, int placesFrom) {
        function = index;
        firstPlace = placesFrom;
        return label();
    }

    int size() {
        return size;
    }

    long[] toArray() {
        return Arrays.copyOf(words, size);
    }

    /** Adds an instruction that writes no register, or one that must not change. */
    void effect(int operation, int a, int b, int c) {
        emit(Word.of(operation, a, b, c), false);
    }

    /** Adds an instruction that writes register a. */
    void result(int operation, int a, int b, int c) {
        emit(Word.of(operation, a, b, c), true);
    }

    /** Adds the loading of a constant that has no register of its own. */
    void constant(int a, long value) {
        result(Op.CONSTANT, a, 0, 0);
        add(value);
    }

    private void emit(long word, boolean writes) {
        Fusion fused = last == NONE ? null : Fusion.of(words[last], word, firstPlace);
        if (fused != null) {
            words[last] = fused.word();
            add(fused.second());
            lastWrites = writes && Word.operation(fused.word()) != Op.MOVE_MOVE;
            return;
        }
        beforeLast = last;
        beforeLastWrites = lastWrites;
        last = size;
        lastWrites = writes;
        add(word);
    }

    private void add(long word) {
        if (size == Word.DISTANCE_MAX) {
            throw new Untranslatable(
                    function,
                    "makes the module's register code longer than %d instructions"
                            .formatted(Word.DISTANCE_MAX));
        }
        if (size == words.length) {
            words = Arrays.copyOf(words, size * 2);
        }
        words[size++] = word;
    }

    /** The last instruction, when it wrote this register and may be changed; else 0. */
    long lastWriting(int register) {
        return last != NONE && lastWrites && Word.a(words[last]) == register ? words[last] : 0;
    }

    /** Makes the last instruction write another register. */
    void redirectLast(int register) {
        words[last] = Word.withA(words[last], register);
    }

    /** Takes the last instruction back. */
    void dropLast() {
        size = last;
        last = beforeLast;
        lastWrites = beforeLastWrites;
        beforeLast = NONE;
    }

    /** From here on something may jump to the next instruction. */
    int label() {
        last = NONE;
        beforeLast = NONE;
        return size;
    }

    /** Sets the branch at this address, which is in its own instruction. */
    void patch(int branch, int target) {
        int distance = target - (branch + 1);
        words[branch] = Word.withDistance(words[branch], distance);
    }
}
