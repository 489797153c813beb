package dev.vigil.policy.tool;

import dev.vigil.policy.WasmSections;
import dev.vigil.policy.trust.Bundle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code pack}: the manifest goes into the module. Stateless. */
final class PackCommand {
    private PackCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments = Arguments.of(words, Set.of("--manifest", "--golden", "-o"), Set.of());
        Path module = Path.of(arguments.name("module"));
        Path out = arguments.one("-o").map(Path::of).orElse(module);
        Path manifest = Path.of(arguments.need("--manifest"));
        byte[] packed = pack(module, Disk.read(module), manifest, Disk.read(manifest));
        if (arguments.has("--golden")) {
            byte[] golden = Disk.read(Path.of(arguments.need("--golden")));
            packed = WasmSections.with(packed, WasmSections.GOLDEN, golden);
        }
        Disk.write(out, packed);
        ModuleCheck.check(out);
        io.out().println("%s: %d bytes, packed and checked".formatted(out, packed.length));
        return 0;
    }

    /** The module with its manifest, in canonical form. */
    static byte[] pack(Path module, byte[] wasm, Path manifest, byte[] json) {
        try {
            return Bundle.pack(wasm, json, Optional.empty());
        } catch (IllegalArgumentException e) {
            throw ToolFailure.broken("%s with %s: %s".formatted(module, manifest, e.getMessage()));
        }
    }
}
