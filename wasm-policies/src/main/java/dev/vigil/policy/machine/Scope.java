package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.OpCode;
import java.util.ArrayList;
import java.util.List;

/** A {@code block}, {@code loop} or {@code if} being translated, or the function itself. */
final class Scope {
    final OpCode opened;

    /** Height of the operand stack below its parameters. */
    final int height;

    final FunctionType type;

    /** Whether anything reaches its start: if not, nothing of it is translated. */
    final boolean live;

    /** Where a branch to a loop goes. */
    final int start;

    /** Branches to its end. */
    final List<Integer> branches = new ArrayList<>();

    /** The branch over the first arm of an {@code if}, until its other arm begins; else -1. */
    int otherArm = -1;

    Scope(OpCode opened, int height, FunctionType type, boolean live, int start) {
        this.opened = opened;
        this.height = height;
        this.type = type;
        this.live = live;
        this.start = start;
    }

    /** How many values a branch to it takes along. */
    int arity() {
        return opened == OpCode.LOOP ? type.params().size() : type.returns().size();
    }
}
