package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.types.FunctionType;

/**
 * A function as register code. Immutable by convention: the array is not written to.
 *
 * <p>Its frame: parameters, locals, constants, operand stack. A callee's frame begins where its
 * arguments are in the caller's operand stack, and its results are left there.
 */
final class RegisterFunction {
    /** Address of its first instruction in the module's code. */
    final int entry;

    final int params;
    final int results;

    /** Registers it needs. */
    final int frame;

    /** What the registers behind the parameters hold at its start: zero, then the constants. */
    final long[] preset;

    RegisterFunction(FunctionType type, int entry, int frame, long[] preset) {
        this.params = type.params().size();
        this.results = type.returns().size();
        this.entry = entry;
        this.frame = frame;
        this.preset = preset;
    }
}
