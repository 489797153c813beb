package dev.vigil.policy.machine;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.WasmModule;
import java.util.function.Function;

/** A module's functions as register code. Immutable. */
public final class RegisterCode implements Function<Instance, Machine> {
    private final int callDepth;

    private RegisterCode(int callDepth) {
        this.callDepth = callDepth;
    }

    /**
     * @param callDepth calls that may be active at the same time; for policies {@link
     *     FuelPlan#CALL_DEPTH}
     */
    public static RegisterCode translate(WasmModule module, int callDepth) {
        return new RegisterCode(callDepth);
    }

    @Override
    public RegisterMachine apply(Instance instance) {
        throw new UnsupportedOperationException("depth " + callDepth);
    }
}
