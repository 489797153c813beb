package dev.vigil.policy.machine;

import java.util.Arrays;

/**
 * Register code as it grows. Owned by the thread that translates.
 *
 * <p>It knows the last instruction as long as nothing can jump behind it: that one may still be
 * changed, which is how an operation and the {@code local.set} behind it, or a comparison and its
 * branch, become one.
 */
final class CodeBuffer {
    private static final int NONE = -1;

    private long[] words = new long[256];
    private int size;
    private int last = NONE;
    private int function;

    /** Starts a function; its address. */
    int begin(int index) {
        function = index;
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
        last = NONE;
        add(Word.of(operation, a, b, c));
    }

    /** Adds an instruction that writes register a. */
    void result(int operation, int a, int b, int c) {
        last = size;
        add(Word.of(operation, a, b, c));
    }

    /** Adds the loading of a constant that has no register of its own. */
    void constant(int a, long value) {
        result(Op.CONSTANT, a, 0, 0);
        add(value);
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
        return last != NONE && Word.a(words[last]) == register ? words[last] : 0;
    }

    /** Makes the last instruction write another register. */
    void redirectLast(int register) {
        words[last] = Word.withA(words[last], register);
    }

    /** Takes the last instruction back. */
    void dropLast() {
        size = last;
        last = NONE;
    }

    /** From here on something may jump to the next instruction. */
    int label() {
        last = NONE;
        return size;
    }

    /** Sets the branch at this address, which is in its own instruction. */
    void patch(int branch, int target) {
        int distance = target - (branch + 1);
        words[branch] = Word.withDistance(words[branch], distance);
    }
}
