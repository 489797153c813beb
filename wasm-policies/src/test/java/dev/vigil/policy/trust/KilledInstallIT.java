package dev.vigil.policy.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** POLICY-ABI 5.10, 17, with a real process and a real disk: kill -9 in the middle of installs. */
final class KilledInstallIT {
    private static final int KILLS = 12;

    @TempDir Path folder;

    @Test
    void aKilledInstallLeavesTheOldVersionArmedOrTheNewOne() throws Exception {
        Path policies = folder.resolve("policies");
        var random = new Random(17);
        long highest = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long told = killedAfter(1 + random.nextInt(20), random.nextInt(3000));

            PolicyStore store = PolicyStore.open(policies);
            Stored armed = store.shelf(Installer.POLICY).armed().orElseThrow();
            // What was said is on the disk; what was begun may be.
            assertTrue(
                    armed.counter() == told || armed.counter() == told + 1,
                    "told " + told + ", armed " + armed.counter());
            assertTrue(store.shelf(Installer.POLICY).highest() >= Math.max(highest, told));
            highest = store.shelf(Installer.POLICY).highest();
            assertTrue(highest <= armed.counter() + 1, highest + " against " + armed);
            isWhole(policies, armed);
            isWhole(policies, store.shelf(Installer.POLICY).previous().orElseThrow());
        }
    }

    /**
     * Kills it so long after it said so often that something is armed; answers what it said last.
     */
    private long killedAfter(int lines, int spins) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Installer.class.getName(),
                                folder.resolve("policies").toString())
                        .redirectErrorStream(true)
                        .start();
        long told = 0;
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < lines + 1; i++) {
                told = number(said.readLine());
            }
            for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
            }
            // Not the process's own method, which would close what it said.
            process.toHandle().destroyForcibly();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                told = number(line);
            }
        } finally {
            process.destroyForcibly();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it does not end");
        }
        return told;
    }

    private static long number(String line) {
        assertTrue(String.valueOf(line).matches("[0-9]+"), "it said '" + line + "'");
        return Long.parseLong(line);
    }

    private static void isWhole(Path policies, Stored version) throws IOException {
        byte[] wasm = Files.readAllBytes(policies.resolve(version.wasmFile()));
        byte[] signature = Files.readAllBytes(policies.resolve(version.signatureFile()));
        assertEquals(version.sha256(), Sha256.hex(wasm));
        assertEquals(version, Stored.of(Bundle.statement(signature)));
    }
}
