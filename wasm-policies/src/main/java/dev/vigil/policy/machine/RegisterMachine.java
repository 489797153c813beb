package dev.vigil.policy.machine;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.WasmRuntimeException;
import com.dylibso.chicory.wasm.ChicoryException;
import java.util.Arrays;

/**
 * Executes register code for one instance. Owned by the thread that calls the instance.
 *
 * <p>A call from outside allocates what Chicory's interface takes, the array of results; calls
 * inside the module allocate nothing. Fuel is unlimited until it is first refilled. After a trap
 * the machine can be called again, but the instance is as the trap left it.
 */
public final class RegisterMachine implements Machine, Meter {
    private static final long[] NOTHING = {};

    private final RegisterCode code;
    private final Linkage module;
    private final Loop loop;

    RegisterMachine(RegisterCode code, Instance instance) {
        this.code = code;
        this.module = new Linkage(instance, code.imports);
        this.loop = new Loop(code, module);
    }

    @Override
    public void refill(long fuel) {
        loop.fuel = fuel;
    }

    @Override
    public long left() {
        return loop.fuel;
    }

    @Override
    public long[] call(int function, long[] arguments) {
        if (function < code.imports) {
            long[] results = module.host(function, arguments);
            return results == null ? NOTHING : results;
        }
        RegisterFunction called = code.functions[function - code.imports];
        int frame = module.top;
        int depth = loop.depth;
        try {
            loop.call(called, frame, arguments);
            int results = called.results;
            return results == 0 ? NOTHING : Arrays.copyOfRange(loop.stack, frame, frame + results);
        } catch (IndexOutOfBoundsException e) {
            throw new WasmRuntimeException("out of bounds memory access", e);
        } catch (StackOverflowError e) {
            // Only by way of the host and other instances: within one, calls are counted.
            throw new ChicoryException("call stack exhausted", e);
        } finally {
            module.top = frame;
            loop.depth = depth;
        }
    }
}
