package dev.vigil.policy.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The compilers a policy can be written for, and the flags that make modules of ABI v1. Stateless.
 * The same source gives the same bytes with the same compiler, wherever it lies.
 */
enum Toolchain {
    RUST("rust", "rs", "vigil.rs", "apt-get install rustc libstd-rust-dev-wasm32 lld-14"),
    C("c", "c", "vigil.h", "apt-get install clang-14 lld-14"),
    ASSEMBLYSCRIPT("as", "ts", "vigil.ts", "npm install assemblyscript@0.28.20");

    private static final int PAGE = 64 * 1024;
    private static final String STACK = "16384";

    private final String word;
    private final String extension;
    private final String sdk;
    private final String install;

    Toolchain(String word, String extension, String sdk, String install) {
        this.word = word;
        this.extension = extension;
        this.sdk = sdk;
        this.install = install;
    }

    /** By the word of {@code --lang}. */
    static Toolchain of(String word) {
        for (Toolchain toolchain : values()) {
            if (toolchain.word.equals(word)) {
                return toolchain;
            }
        }
        throw ToolFailure.usage("--lang is '%s', there are rust, c and as".formatted(word));
    }

    /** By the source's extension. */
    static Optional<Toolchain> of(Path source) {
        String name = String.valueOf(source.getFileName()).toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(t -> name.endsWith("." + t.extension)).findFirst();
    }

    /** Name of the source a new policy has: {@code policy.rs}. */
    String sourceName() {
        return "policy." + extension;
    }

    /** Name of the SDK's one file, which lies beside the source. */
    String sdkName() {
        return sdk;
    }

    /** Where the SDK's file is among the resources of this package. */
    String sdkResource() {
        return (this == ASSEMBLYSCRIPT ? "assemblyscript" : word) + "/" + sdk;
    }

    /** How its compiler is installed. */
    String install() {
        return install;
    }

    /** Empty when everything it needs is there; else what is missing. */
    Optional<String> missing(Path source) {
        return switch (this) {
            case RUST -> rustMissing();
            case C ->
                    find("VIGIL_CLANG", "clang-14", "clang").isEmpty()
                            ? Optional.of("there is no clang-14 and no clang")
                            : find("VIGIL_WASM_LD", "wasm-ld-14", "wasm-ld").isEmpty()
                                    ? Optional.of("there is no wasm-ld-14 and no wasm-ld")
                                    : Optional.empty();
            case ASSEMBLYSCRIPT ->
                    asc(source).isEmpty()
                            ? Optional.of(
                                    "there is no asc on the PATH, in VIGIL_ASC or in a node_modules folder above the source")
                            : Optional.empty();
        };
    }

    private static Optional<String> rustMissing() {
        Optional<String> rustc = rustc();
        if (rustc.isEmpty()) {
            return Optional.of("there is no rustc");
        }
        String target = "wasm32-unknown-unknown";
        Ran ran =
                run(
                        Path.of("."),
                        List.of(rustc.get(), "--print", "target-libdir", "--target", target));
        return ran.code() == 0 && Files.isDirectory(Path.of(ran.output().strip()))
                ? Optional.empty()
                : Optional.of("%s has no target %s".formatted(rustc.get(), target));
    }

    /** Debian's, by its path: a rustup toolchain on the PATH usually has no wasm32 target. */
    private static Optional<String> rustc() {
        return Files.isExecutable(Path.of("/usr/bin/rustc"))
                ? find("VIGIL_RUSTC", "/usr/bin/rustc")
                : find("VIGIL_RUSTC", "rustc");
    }

    /** What its compiler says of its version, first line. */
    String version(Path source) {
        String compiler =
                switch (this) {
                    case RUST -> rustc().orElseThrow();
                    case C -> find("VIGIL_CLANG", "clang-14", "clang").orElseThrow();
                    case ASSEMBLYSCRIPT -> asc(source).orElseThrow();
                };
        return run(Path.of("."), List.of(compiler, "--version"))
                .output()
                .lines()
                .findFirst()
                .orElse("");
    }

    /**
     * Compiles {@code source} into {@code module}, without a manifest.
     *
     * @param pages of memory, as in the manifest
     * @throws ToolFailure with what the compiler said
     */
    void compile(Path source, Path module, int pages) {
        missing(source)
                .ifPresent(
                        what -> {
                            throw ToolFailure.usage(
                                    "%s; to install it: %s".formatted(what, install));
                        });
        Path folder = Optional.ofNullable(source.toAbsolutePath().getParent()).orElseThrow();
        String name = String.valueOf(source.getFileName());
        String out = module.toAbsolutePath().toString();
        switch (this) {
            case RUST -> must(folder, rust(name, out, pages));
            case C -> {
                String object = out + ".o";
                must(folder, c(name, object));
                must(folder, link(object, out, pages));
                delete(Path.of(object));
            }
            case ASSEMBLYSCRIPT -> assemblyScript(folder.resolve(name), out, pages);
        }
    }

    private static List<String> rust(String name, String out, int pages) {
        List<String> command = new ArrayList<>(List.of(rustc().orElseThrow()));
        command.addAll(List.of("--edition", "2021", "--target", "wasm32-unknown-unknown"));
        command.addAll(List.of("--crate-type", "cdylib", "--crate-name", "policy"));
        for (String option :
                List.of(
                        "opt-level=3",
                        "panic=abort",
                        "lto=fat",
                        "codegen-units=1",
                        "debuginfo=0",
                        "strip=symbols",
                        "link-arg=-zstack-size=" + STACK,
                        "link-arg=--stack-first",
                        "link-arg=--initial-memory=" + pages * PAGE,
                        "link-arg=--max-memory=" + pages * PAGE)) {
            command.addAll(List.of("-C", option));
        }
        command.addAll(List.of("-o", out, name));
        return command;
    }

    /**
     * Not in one go with the linker: clang would call a wasm-opt it finds, whatever its version.
     */
    private static List<String> c(String name, String object) {
        return List.of(
                find("VIGIL_CLANG", "clang-14", "clang").orElseThrow(),
                "--target=wasm32",
                "-std=c11",
                "-O2",
                "-Wall",
                "-Wextra",
                "-ffreestanding",
                "-fno-math-errno",
                "-mbulk-memory",
                "-c",
                "-o",
                object,
                name);
    }

    private static List<String> link(String object, String out, int pages) {
        return List.of(
                find("VIGIL_WASM_LD", "wasm-ld-14", "wasm-ld").orElseThrow(),
                "--no-entry",
                "--strip-all",
                "--stack-first",
                "-z",
                "stack-size=" + STACK,
                "--initial-memory=" + pages * PAGE,
                "--max-memory=" + pages * PAGE,
                "-o",
                out,
                object);
    }

    /** In a folder of its own: the SDK imports the policy by the name policy.ts. */
    private void assemblyScript(Path source, String out, int pages) {
        try (Scratch work = Scratch.of("vigil-as")) {
            Files.copy(source, work.file(sourceName()));
            Path beside = source.resolveSibling(sdk);
            Path copy = work.file(sdk);
            if (Files.exists(beside)) {
                Files.copy(beside, copy);
            } else {
                Files.write(copy, Sdk.read(sdkResource()));
            }
            List<String> command = new ArrayList<>(List.of(asc(source).orElseThrow()));
            command.addAll(List.of(sourceName(), "-O3", "--runtime", "stub", "--noAssert"));
            // 235: a class that is exported to the SDK's file is no export of the module.
            command.addAll(List.of("--use", "abort=", "--disableWarning", "235"));
            command.addAll(List.of("--initialMemory", "" + pages, "--maximumMemory", "" + pages));
            command.addAll(List.of("-o", out));
            must(work.folder(), command);
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be compiled: %s".formatted(source, e));
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be deleted: %s".formatted(file, e));
        }
    }

    private static Optional<String> asc(Path source) {
        for (Path folder = source.toAbsolutePath().getParent();
                folder != null;
                folder = folder.getParent()) {
            Path asc = folder.resolve("node_modules/.bin/asc");
            if (Files.isExecutable(asc)) {
                return Optional.of(asc.toString());
            }
        }
        return find("VIGIL_ASC", "asc");
    }

    /** What the environment variable names, else the first of these programs that is installed. */
    private static Optional<String> find(String variable, String... programs) {
        Map<String, String> environment = System.getenv();
        String given = environment.getOrDefault(variable, "");
        if (!given.isBlank()) {
            return Optional.of(given);
        }
        for (String program : programs) {
            for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
                if (Files.isExecutable(Path.of(folder).resolve(program))) {
                    return Optional.of(program);
                }
            }
        }
        return Optional.empty();
    }

    /** How a program ended and what it printed. */
    private record Ran(int code, String output) {}

    private static void must(Path folder, List<String> command) {
        Ran ran = run(folder, command);
        if (ran.code() != 0) {
            throw ToolFailure.broken(
                    "%s ended with code %d:%n%s"
                            .formatted(String.join(" ", command), ran.code(), ran.output()));
        }
    }

    private static Ran run(Path folder, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .start();
            try {
                process.getOutputStream().close();
                String output =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(10, TimeUnit.MINUTES)) {
                    throw ToolFailure.usage(
                            "%s did not end within 10 minutes".formatted(command.getFirst()));
                }
                return new Ran(process.exitValue(), output);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be run: %s".formatted(command.getFirst(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ToolFailure.usage("interrupted while %s ran".formatted(command.getFirst()));
        }
    }
}
