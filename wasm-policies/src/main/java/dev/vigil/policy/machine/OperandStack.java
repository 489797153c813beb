package dev.vigil.policy.machine;

import java.util.Arrays;

/**
 * The operand stack while a function is translated: for each place the register its value is in.
 * That is the place's own register, or, as long as nothing was copied, that of a local or a
 * constant. Owned by the thread that translates.
 */
final class OperandStack {
    private final CodeBuffer code;
    private final int function;
    private final int locals;
    private final int firstPlace;
    private int[] registers = new int[32];
    private int height;
    private int deepest;

    /**
     * @param locals registers of parameters and locals
     * @param firstPlace the register of its first place
     */
    OperandStack(CodeBuffer code, int function, int locals, int firstPlace) {
        this.code = code;
        this.function = function;
        this.locals = locals;
        this.firstPlace = firstPlace;
    }

    int height() {
        return height;
    }

    /** Registers the frame needs for it, and all below. */
    int frame() {
        return firstPlace + deepest;
    }

    /** The own register of a place. */
    int place(int index) {
        return firstPlace + index;
    }

    /** Pushes a value that is somewhere already. */
    void push(int register) {
        if (height == registers.length) {
            registers = Arrays.copyOf(registers, height * 2);
        }
        registers[height++] = register;
        deepest = Math.max(deepest, height);
        if (frame() > Word.REGISTERS_MAX) {
            throw new Untranslatable(
                    function,
                    "needs more than %d registers for locals, constants and operands"
                            .formatted(Word.REGISTERS_MAX));
        }
    }

    /** Pushes a value that is computed now; the register to write it to. */
    int pushNew() {
        push(place(height));
        return registers[height - 1];
    }

    int pop() {
        return registers[--height];
    }

    /** The register of the value this far below the top. */
    int peek(int below) {
        return registers[height - 1 - below];
    }

    void cutTo(int newHeight) {
        height = newHeight;
    }

    void pushPlaces(int count) {
        for (int i = 0; i < count; i++) {
            pushNew();
        }
    }

    /** Copies values still in locals to their places; constants may stay where they are. */
    void settleLocals() {
        for (int i = 0; i < height; i++) {
            if (registers[i] < locals) {
                settle(i);
            }
        }
    }

    /** Copies values of a local, which is about to be written, to their places. */
    void settleLocal(int local) {
        for (int i = 0; i < height; i++) {
            if (registers[i] == local) {
                settle(i);
            }
        }
    }

    /** Copies the topmost values to their places. */
    void settleTop(int count) {
        for (int i = height - count; i < height; i++) {
            settle(i);
        }
    }

    private void settle(int index) {
        int place = place(index);
        if (registers[index] != place) {
            code.result(Op.MOVE, place, registers[index], 0);
            registers[index] = place;
        }
    }

    /** Whether a branch that takes the topmost values to a lower height has nothing to copy. */
    boolean inPlace(int count, int newHeight) {
        for (int i = 0; i < count; i++) {
            if (peek(count - 1 - i) != place(newHeight + i)) {
                return false;
            }
        }
        return true;
    }

    /** Copies the topmost values to where a branch takes them; the stack stays as it is. */
    void copyTop(int count, int newHeight) {
        for (int i = 0; i < count; i++) {
            int from = peek(count - 1 - i);
            int to = place(newHeight + i);
            if (from != to) {
                code.effect(Op.MOVE, to, from, 0);
            }
        }
    }
}
