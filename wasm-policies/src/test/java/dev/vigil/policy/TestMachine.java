package dev.vigil.policy;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.vigil.policy.machine.FlatMemory;
import dev.vigil.policy.machine.FuelPlan;
import dev.vigil.policy.machine.RegisterCode;
import java.util.function.Function;

/** The machines, for modules that are no policies: no rule is checked, nothing is metered. */
enum TestMachine {
    INTERPRETER {
        @Override
        Function<Instance, Machine> machines(WasmModule module) {
            return InterpreterMachine::new;
        }
    },
    COMPILED {
        @Override
        Function<Instance, Machine> machines(WasmModule module) {
            return MachineFactoryCompiler.builder(module)
                    .withInterpreterFallback(InterpreterFallback.FAIL)
                    .compile();
        }
    },
    REGISTER {
        @Override
        Function<Instance, Machine> machines(WasmModule module) {
            return RegisterCode.translate(module, FuelPlan.CALL_DEPTH);
        }
    };

    abstract Function<Instance, Machine> machines(WasmModule module);

    Instance instantiate(WasmModule module, ImportValues imports) {
        Function<MemoryLimits, Memory> memory =
                this == REGISTER ? FlatMemory::new : ByteArrayMemory::new;
        return Instance.builder(module)
                .withImportValues(imports)
                .withMemoryFactory(memory)
                .withMachineFactory(machines(module))
                .build();
    }
}
