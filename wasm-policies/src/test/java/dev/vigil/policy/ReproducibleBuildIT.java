package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checked-in .wasm files are what the sources give, where the compiler is installed. */
class ReproducibleBuildIT {
    private static final String INSTALL =
            "apt-get install -y --no-install-recommends rustc libstd-rust-dev-wasm32 lld-14";

    /** What Debian 12 has; another version gives other bytes, rightly. */
    private static final String COMPILER = "rustc 1.63.0";

    @TempDir Path folder;

    @Test
    void thePoliciesAreWhatTheirSourcesGive() throws IOException, InterruptedException {
        Path rustc = Path.of("/usr/bin/rustc");
        need(Files.isExecutable(rustc), "there is no /usr/bin/rustc");
        String version = run(List.of(rustc.toString(), "--version"));
        need(version.startsWith(COMPILER), "/usr/bin/rustc is " + version.strip());
        need(
                Files.isDirectory(Path.of("/usr/lib/rustlib/wasm32-unknown-unknown")),
                "rustc has no wasm32-unknown-unknown");
        need(Files.isExecutable(Path.of("/usr/bin/lld-14")), "there is no /usr/bin/lld-14");

        run(List.of(Path.of("build-policies.sh").toAbsolutePath().toString(), folder.toString()));

        for (String policy : List.of("heat", "smoke")) {
            Path checkedIn =
                    Path.of("src/main/resources/dev/vigil/policy").resolve(policy + ".wasm");
            assertEquals(
                    -1,
                    Files.mismatch(checkedIn, folder.resolve(policy + ".wasm")),
                    policy + ".wasm differs from its sources: run wasm-policies/build-policies.sh");
        }
    }

    private static void need(boolean holds, String missing) {
        assumeTrue(
                holds,
                () -> {
                    String reason =
                            "not rebuilt: %s; needed is %s: %s"
                                    .formatted(missing, COMPILER, INSTALL);
                    // CHECKSTYLE OFF: a skipped check says so
                    System.out.println(reason);
                    // CHECKSTYLE ON
                    return reason;
                });
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it did not end: " + command);
            assertEquals(0, process.exitValue(), output);
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
