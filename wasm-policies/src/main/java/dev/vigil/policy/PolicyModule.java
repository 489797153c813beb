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
import java.io.InputStream;
import java.io.Serial;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

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
    private static final List<String> BUNDLED = List.of("heat", "smoke");

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
        if (BUNDLED.contains(module)) {
            return Engine.BUILD_TIME_COMPILED;
        }
        // A native executable can't define classes at run time (GraalVM sets this property in it).
        boolean nativeExecutable =
                "runtime".equals(System.getProperty("org.graalvm.nativeimage.imagecode"));
        return nativeExecutable ? Engine.REGISTER : Engine.RUNTIME_COMPILED;
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
        // The register machine counts itself.
        WasmModule wasm =
                engine == Engine.REGISTER
                        ? original
                        : parse(module, Metering.meter(bytes, original));
        return new PolicyModule(wasm, manifest, grant, engine, machines(module, wasm, engine));
    }

    private static void bounded(String module, byte[] bytes) {
        try {
            ModuleBounds.check(bytes);
        } catch (IllegalArgumentException e) {
            throw new Refused("%s: %s".formatted(module, e.getMessage()));
        }
    }

    static byte[] read(String module) {
        try (InputStream in = open(module)) {
            byte[] bytes = in.readNBytes(ModuleRules.MODULE_BYTES_MAX + 1);
            if (bytes.length > ModuleRules.MODULE_BYTES_MAX) {
                throw new Refused(
                        "%s: it has more than %d bytes, the limit of a policy"
                                .formatted(module, ModuleRules.MODULE_BYTES_MAX));
            }
            return bytes;
        } catch (InvalidPathException | IOException e) {
            throw new Refused(
                    "%s: it can't be read (%s); a module is %s or the path of a .wasm file"
                            .formatted(module, e, String.join(", ", BUNDLED)));
        }
    }

    private static InputStream open(String module) throws IOException {
        if (BUNDLED.contains(module)) {
            InputStream in = PolicyModule.class.getResourceAsStream(module + ".wasm");
            if (in == null) {
                throw new IOException("not in this build");
            }
            return in;
        }
        return Files.newInputStream(Path.of(module));
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

    private static Manifest manifest(String module, byte[] bytes) {
        try {
            return Manifest.of(bytes);
        } catch (IllegalArgumentException e) {
            throw new Refused("%s: %s".formatted(module, e.getMessage()));
        }
    }

    private static Function<Instance, Machine> machines(
            String module, WasmModule wasm, Engine engine) {
        return switch (engine) {
            case INTERPRETER -> InterpreterMachine::new;
            case RUNTIME_COMPILED -> compile(module, wasm);
            case REGISTER -> translate(module, wasm);
            case BUILD_TIME_COMPILED ->
                    switch (module) {
                        case "heat" -> Heat::create;
                        case "smoke" -> Smoke::create;
                        default ->
                                throw new Refused(
                                        "%s: only %s are compiled at build time"
                                                .formatted(module, String.join(", ", BUNDLED)));
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

    private static Function<Instance, Machine> translate(String module, WasmModule wasm) {
        try {
            return RegisterCode.translate(wasm, FuelPlan.CALL_DEPTH);
        } catch (Untranslatable e) {
            throw new Refused("%s: it can't be translated: %s".formatted(module, e.getMessage()));
        }
    }
}
