package dev.vigil.policy;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import dev.vigil.policy.compiled.Heat;
import dev.vigil.policy.compiled.Smoke;
import dev.vigil.policy.machine.FuelPlan;
import dev.vigil.policy.machine.RegisterCode;
import dev.vigil.policy.machine.Untranslatable;
import java.io.IOException;
import java.io.Serial;
import java.nio.BufferUnderflowException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A module that kept every rule, with the way to execute it. Immutable.
 *
 * @param grant what it may use: the smaller of what its manifest asks and the site gives
 * @param machines makes the machine of a new instance
 */
record PolicyModule(
        WasmModule wasm,
        Manifest manifest,
        Grant grant,
        Engine engine,
        Function<Instance, Machine> machines) {
    /** A rule was broken; the text says which, without the policy's name. */
    static final class Refused extends RuntimeException {
        @Serial private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    /** The best engine for a module here: compiled, wherever that is possible. */
    static Engine preferred(String module) {
        List<Engine> usable = ModuleSource.engines(module);
        return Stream.of(Engine.BUILD_TIME_COMPILED, Engine.RUNTIME_COMPILED)
                .filter(usable::contains)
                .findFirst()
                .orElse(Engine.REGISTER);
    }

    /**
     * @param module bundled name or path of a file
     * @throws Refused naming the file, what was found and the rule
     */
    static PolicyModule load(String module, Engine engine) {
        return load(module, read(module), engine, Grant.SITE);
    }

    /**
     * @param module bundled name, or what the bytes are called in messages
     * @param site what the site gives this policy
     * @throws Refused naming the module, what was found and the rule
     */
    static PolicyModule load(String module, byte[] bytes, Engine engine, Grant site) {
        Manifest manifest = manifest(module, bytes);
        Grant grant = manifest.budget().min(site);
        bounded(module, bytes);
        WasmModule original = parse(module, ModuleSections.withoutCustom(bytes));
        List<String> broken = ModuleRules.broken(original, grant);
        if (!broken.isEmpty()) {
            throw new Refused("%s: %s".formatted(module, String.join("; ", broken)));
        }
        if (engine == Engine.REGISTER) {
            // This machine counts itself.
            return new PolicyModule(
                    original, manifest, grant, engine, translated(module, original));
        }
        if (engine != Engine.BUILD_TIME_COMPILED) {
            // On whatever machine it runs: what one can't take none does. Those of this build are
            // known to be taken.
            translated(module, original);
        }
        WasmModule wasm = parse(module, Metering.meter(bytes, original));
        return new PolicyModule(wasm, manifest, grant, engine, chicorys(module, wasm, engine));
    }

    private static void bounded(String module, byte[] bytes) {
        try {
            ModuleBounds.check(bytes);
        } catch (IllegalArgumentException e) {
            throw new Refused("%s: %s".formatted(module, e.getMessage()));
        }
    }

    static byte[] read(String module) {
        try {
            return ModuleSource.read(module);
        } catch (IOException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private static WasmModule parse(String module, byte[] bytes) {
        try {
            return Parser.parse(bytes);
        } catch (ChicoryException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException
                | NegativeArraySizeException
                | ArithmeticException
                | BufferUnderflowException
                | AssertionError e) {
            // The engine's parser answers damage with more than its own exceptions.
            throw new Refused(
                    "%s: it is no valid WASM module: %s".formatted(module, e.getMessage()));
        }
    }

    static Manifest manifest(String module, byte[] bytes) {
        try {
            return Manifest.of(bytes);
        } catch (IllegalArgumentException e) {
            throw new Refused("%s: %s".formatted(module, e.getMessage()));
        }
    }

    private static Function<Instance, Machine> chicorys(
            String module, WasmModule wasm, Engine engine) {
        return switch (engine) {
            case INTERPRETER -> InterpreterMachine::new;
            case RUNTIME_COMPILED -> compile(module, wasm);
            case REGISTER -> throw new IllegalArgumentException("that one is ours");
            case BUILD_TIME_COMPILED ->
                    switch (module) {
                        case "heat" -> Heat::create;
                        case "smoke" -> Smoke::create;
                        default ->
                                throw new Refused(
                                        "%s: only %s are compiled at build time"
                                                .formatted(module, ModuleSource.names()));
                    };
        };
    }

    private static Function<Instance, Machine> compile(String module, WasmModule wasm) {
        try {
            return MachineFactoryCompiler.builder(wasm)
                    .withInterpreterFallback(InterpreterFallback.FAIL)
                    .compile();
        } catch (ChicoryException e) {
            throw new Refused("%s: it can't be compiled: %s".formatted(module, e.getMessage()));
        }
    }

    /** As register code whose calls fit into a thread's stack, on any machine. */
    private static RegisterCode translated(String module, WasmModule wasm) {
        try {
            RegisterCode code = RegisterCode.translate(wasm, FuelPlan.CALL_DEPTH);
            CallStacks.broken(wasm, code.registers())
                    .ifPresent(
                            wrong -> {
                                throw new Refused("%s: %s".formatted(module, wrong));
                            });
            return code;
        } catch (Untranslatable e) {
            throw new Refused("%s: it can't be translated: %s".formatted(module, e.getMessage()));
        }
    }
}
