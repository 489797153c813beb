package dev.vigil.policy.machine;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionBody;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A module's functions as register code, from which every instance gets its machine. Immutable by
 * convention: the arrays are not written to.
 */
public final class RegisterCode implements Function<Instance, Machine> {
    final long[] words;
    final RegisterFunction[] functions;
    final int imports;
    final int callDepth;

    private RegisterCode(long[] words, RegisterFunction[] functions, int imports, int callDepth) {
        this.words = words;
        this.functions = functions;
        this.imports = imports;
        this.callDepth = callDepth;
    }

    /**
     * Translates a valid module. Takes time and memory in proportion to its size.
     *
     * @param callDepth calls that may be active at the same time; for policies {@link
     *     FuelPlan#CALL_DEPTH}
     * @throws Untranslatable naming the function, what it has and the rule
     */
    public static RegisterCode translate(WasmModule module, int callDepth) {
        Signatures signatures = new Signatures(module);
        FunctionBody[] bodies = module.codeSection().functionBodies();
        RegisterFunction[] functions = new RegisterFunction[bodies.length];
        CodeBuffer code = new CodeBuffer();
        for (int i = 0; i < bodies.length; i++) {
            functions[i] = new FunctionTranslator(signatures, code, i, bodies[i]).translate();
        }
        return new RegisterCode(code.toArray(), functions, signatures.imports(), callDepth);
    }

    /**
     * How many registers each function of the module needs: parameters, locals, constants,
     * operands.
     */
    public int[] registers() {
        return Arrays.stream(functions).mapToInt(function -> function.frame).toArray();
    }

    /** The machine of a new instance, whose memory has to be a {@link FlatMemory}. */
    @Override
    public RegisterMachine apply(Instance instance) {
        return new RegisterMachine(this, instance);
    }
}
