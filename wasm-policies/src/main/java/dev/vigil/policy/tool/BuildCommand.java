package dev.vigil.policy.tool;

import dev.vigil.policy.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** {@code build}: source and manifest become a packed, checked module. Stateless. */
final class BuildCommand {
    private static final byte[] EMPTY_MODULE = {0, 'a', 's', 'm', 1, 0, 0, 0};

    private BuildCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments = Arguments.of(words, Set.of("--manifest", "-o"), Set.of());
        Path source = source(Path.of(arguments.names().isEmpty() ? "." : arguments.name("source")));
        Toolchain toolchain =
                Toolchain.of(source)
                        .orElseThrow(
                                () ->
                                        ToolFailure.usage(
                                                "%s: a policy's source ends with .rs, .c or .ts"
                                                        .formatted(source)));
        Path manifest =
                arguments
                        .one("--manifest")
                        .map(Path::of)
                        .orElse(source.resolveSibling("manifest.json"));
        byte[] json = Disk.read(manifest);
        Manifest facts = facts(manifest, json);
        Path out =
                arguments
                        .one("-o")
                        .map(Path::of)
                        .orElse(source.resolveSibling(facts.id() + ".wasm"));
        byte[] compiled = compile(toolchain, source, facts.budget().pages());
        byte[] packed = PackCommand.pack(source, compiled, manifest, json);
        Disk.write(out, packed);
        ModuleCheck.check(out);
        io.out()
                .println(
                        "%s: %s %s, %d bytes (%s)"
                                .formatted(
                                        out,
                                        facts.id(),
                                        facts.version(),
                                        packed.length,
                                        toolchain.version(source)));
        return 0;
    }

    /** The manifest is checked before anything is compiled: in a module with nothing else. */
    private static Manifest facts(Path manifest, byte[] json) {
        byte[] alone = PackCommand.pack(manifest, EMPTY_MODULE, manifest, json);
        try {
            return Manifest.of(alone);
        } catch (IllegalArgumentException e) {
            throw ToolFailure.broken("%s: %s".formatted(manifest, e.getMessage()));
        }
    }

    private static byte[] compile(Toolchain toolchain, Path source, int pages) {
        try {
            Path work = Files.createTempFile("vigil-policy", ".wasm");
            try {
                toolchain.compile(source, work, pages);
                return Files.readAllBytes(work);
            } finally {
                Files.deleteIfExists(work);
            }
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be compiled: %s".formatted(source, e));
        }
    }

    /** The source itself, or the one policy.rs, policy.c or policy.ts of a folder. */
    private static Path source(Path given) {
        if (!Files.isDirectory(given)) {
            return given;
        }
        List<Path> found =
                Arrays.stream(Toolchain.values())
                        .map(toolchain -> given.resolve(toolchain.sourceName()))
                        .filter(Files::exists)
                        .toList();
        if (found.size() != 1) {
            throw ToolFailure.usage(
                    "%s has %s; a policy's folder has one of policy.rs, policy.c, policy.ts"
                            .formatted(given, found));
        }
        return found.getFirst();
    }
}
