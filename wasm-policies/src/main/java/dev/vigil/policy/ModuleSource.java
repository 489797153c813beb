package dev.vigil.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a module comes from, bundled or a file, and what it can be executed on here. Stateless. */
public final class ModuleSource {
    private static final List<String> BUNDLED = List.of("heat", "smoke");

    private ModuleSource() {}

    static boolean bundled(String module) {
        return BUNDLED.contains(module);
    }

    /** The bundled modules' names, for messages. */
    static String names() {
        return String.join(", ", BUNDLED);
    }

    /**
     * @param module bundled name or path of a file
     * @throws IOException naming the module, what is wrong and the rule
     */
    public static byte[] read(String module) throws IOException {
        try (InputStream in = open(module)) {
            byte[] bytes = in.readNBytes(ModuleRules.MODULE_BYTES_MAX + 1);
            if (bytes.length <= ModuleRules.MODULE_BYTES_MAX) {
                return bytes;
            }
        } catch (InvalidPathException | IOException e) {
            throw new IOException(
                    "%s: it can't be read (%s); a module is %s or the path of a .wasm file"
                            .formatted(module, e, names()),
                    e);
        }
        throw new IOException(
                "%s: it has more than %d bytes, the limit of a policy"
                        .formatted(module, ModuleRules.MODULE_BYTES_MAX));
    }

    private static InputStream open(String module) throws IOException {
        if (bundled(module)) {
            InputStream in = ModuleSource.class.getResourceAsStream(module + ".wasm");
            if (in == null) {
                throw new IOException("not in this build");
            }
            return in;
        }
        return Files.newInputStream(Path.of(module));
    }

    /** The engines a module can be executed on in this process. */
    public static List<Engine> engines(String module) {
        List<Engine> engines = new ArrayList<>(List.of(Engine.values()));
        if (!bundled(module)) {
            engines.remove(Engine.BUILD_TIME_COMPILED);
        }
        // A native executable can't define classes at run time (GraalVM sets this property in it).
        if ("runtime".equals(System.getProperty("org.graalvm.nativeimage.imagecode"))) {
            engines.remove(Engine.RUNTIME_COMPILED);
        }
        return engines;
    }
}
