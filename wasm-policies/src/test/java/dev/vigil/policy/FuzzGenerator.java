package dev.vigil.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Modules by binaryen's {@code wasm-opt -ttf}, one for each seed. Owned by the test's thread. */
final class FuzzGenerator {
    private static final List<String> FEATURES =
            List.of(
                    "--disable-simd",
                    "--disable-threads",
                    "--disable-exception-handling",
                    "--disable-reference-types",
                    "--disable-multivalue",
                    "--disable-tail-call",
                    "--disable-gc",
                    "--enable-bulk-memory",
                    "--enable-sign-ext",
                    "--enable-nontrapping-float-to-int",
                    "--enable-mutable-globals");

    /** What compilers make of code; most modules stay as they were generated. */
    private static final List<List<String>> PASSES =
            List.of(
                    List.of("-O2"),
                    List.of("--flatten", "--simplify-locals", "--coalesce-locals"),
                    List.of("--inlining-optimizing", "--precompute"),
                    List.of());

    private final Path folder;

    FuzzGenerator(Path folder) {
        this.folder = folder;
    }

    static boolean installed() {
        return FuzzV8.answers("wasm-opt", "--version");
    }

    byte[] generate(long seed) throws IOException, InterruptedException {
        Random random = new Random(seed);
        byte[] input = new byte[40 + random.nextInt(1 << (7 + random.nextInt(7)))];
        random.nextBytes(input);
        Path from = folder.resolve("seed");
        Path to = folder.resolve("seed.wasm");
        Files.write(from, input);
        Files.deleteIfExists(to);

        List<String> command = new ArrayList<>(List.of("wasm-opt", "-q", "-ttf"));
        command.add(from.toString());
        command.addAll(FEATURES);
        if (random.nextBoolean()) {
            command.add("--no-fuzz-oob");
        }
        if (random.nextInt(4) == 0) {
            command.addAll(PASSES.get(random.nextInt(PASSES.size())));
        }
        command.addAll(List.of("-o", to.toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("seed " + seed + ": wasm-opt failed: " + command);
        }
        return Files.readAllBytes(to);
    }
}
