package dev.vigil.policy.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checked-in samples are what {@code ./vigil policy build} makes, where the compiler is. */
class SamplesBuildIT {
    private static final Path SAMPLES = Path.of("sdk", "samples");

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "light/light.rs, light/light-rust.wasm, 'rustc 1.63.0'",
        "light/light.c, light/light-c.wasm, 'Debian clang version 14.0.6'",
        "light/light.ts, light/light-as.wasm, 'Version 0.28.20'",
        "least-squares/least_squares.rs, least-squares/least-squares.wasm, 'rustc 1.63.0'",
        "absence/absence.rs, absence/absence-rust.wasm, 'rustc 1.63.0'",
        "absence/absence.c, absence/absence-c.wasm, 'Debian clang version 14.0.6'",
        "absence/absence.ts, absence/absence-as.wasm, 'Version 0.28.20'"
    })
    void theSamplesAreWhatTheirSourcesGive(String source, String module, String compiler)
            throws Exception {
        Path from = SAMPLES.resolve(source);
        need(from, compiler);
        Path out = folder.resolve("built.wasm");

        Ran ran = Ran.of("build", from.toString(), "-o", out.toString());

        assertEquals("", ran.err());
        assertEquals(0, ran.code());
        assertEquals(
                -1,
                Files.mismatch(SAMPLES.resolve(module), out),
                "%s differs from its source: ./vigil policy build wasm-policies/sdk/samples/%s -o wasm-policies/sdk/samples/%s"
                        .formatted(module, source, module));
    }

    @Test
    void whereASourceLiesDoesNotMatter() throws Exception {
        Path from = SAMPLES.resolve("light/light.c");
        need(from, "Debian clang version 14.0.6");
        Path elsewhere = Files.createDirectories(folder.resolve("a/long/way/off/light"));
        Files.createDirectories(folder.resolve("a/long/c"));
        Files.copy(Path.of("sdk/c/vigil.h"), folder.resolve("a/long/c/vigil.h"));
        Path copy = elsewhere.resolve("light.c");
        Files.writeString(
                copy,
                Files.readString(from).replace("\"../../c/vigil.h\"", "\"../../../c/vigil.h\""));
        Files.copy(SAMPLES.resolve("light/manifest.json"), elsewhere.resolve("manifest.json"));

        Ran ran = Ran.of("build", copy.toString());

        assertEquals(0, ran.code(), ran.err());
        assertEquals(
                -1,
                Files.mismatch(
                        SAMPLES.resolve("light/light-c.wasm"), elsewhere.resolve("light.wasm")));
    }

    private static void need(Path source, String compiler) {
        Toolchain toolchain = Toolchain.of(source).orElseThrow();
        Optional<String> missing = toolchain.missing(source);
        String found = missing.isPresent() ? missing.get() : toolchain.version(source);
        assumeTrue(
                found.startsWith(compiler),
                () -> {
                    String reason =
                            "%s was not rebuilt: %s; needed is %s: %s"
                                    .formatted(source, found, compiler, toolchain.install());
                    // CHECKSTYLE OFF: a skipped check says so
                    System.out.println(reason);
                    // CHECKSTYLE ON
                    return reason;
                });
    }
}
