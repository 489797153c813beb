package dev.vigil.policy;

import com.dylibso.chicory.build.time.compiler.Config;
import com.dylibso.chicory.build.time.compiler.Generator;
import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.Parser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Fixtures compiled as the build compiles the bundled policies: by the same generator, metered, to
 * class files, which are loaded from there.
 */
final class BuildTimeCompiled {
    private static final Map<String, Function<Instance, Machine>> MADE = new ConcurrentHashMap<>();

    private BuildTimeCompiled() {}

    /** A module of this name and these bytes; there is one for each name. */
    static PolicyModule load(String name, byte[] wasm, Grant site) {
        PolicyModule rules = PolicyModule.load(name, wasm, Engine.INTERPRETER, site);
        return new PolicyModule(
                rules.wasm(),
                rules.manifest(),
                rules.grant(),
                Engine.BUILD_TIME_COMPILED,
                MADE.computeIfAbsent(name, _ -> compiled(name, wasm)));
    }

    private static Function<Instance, Machine> compiled(String name, byte[] wasm) {
        try {
            Path folder =
                    Files.createDirectories(Path.of("target", "build-time-fixtures", name))
                            .toAbsolutePath();
            Path metered = folder.resolve("metered.wasm");
            Files.write(
                    metered,
                    Metering.meter(wasm, Parser.parse(ModuleSections.withoutCustom(wasm))));
            String type = "dev.vigil.policy.compiled.Fixture_" + name.replace('-', '_');
            new Generator(
                            Config.builder()
                                    .withWasmFile(metered)
                                    .withName(type)
                                    .withTargetClassFolder(folder)
                                    .withTargetSourceFolder(folder)
                                    .withTargetWasmFolder(folder)
                                    .withInterpreterFallback(InterpreterFallback.FAIL)
                                    .build())
                    .generateResources();
            URL classes = URI.create(folder.toUri() + "/").toURL();
            // Open as long as the tests run: its classes are loaded when they are used.
            var loader =
                    new URLClassLoader(
                            new URL[] {classes}, BuildTimeCompiled.class.getClassLoader());
            Constructor<?> machine =
                    loader.loadClass(type + "Machine").getConstructor(Instance.class);
            return instance -> made(machine, instance);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Machine made(Constructor<?> machine, Instance instance) {
        try {
            return (Machine) machine.newInstance(instance);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
