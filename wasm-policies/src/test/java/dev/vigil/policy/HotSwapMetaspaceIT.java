package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The conformance list, 36: 300 hot swaps in a JVM whose metaspace is capped. What is not unloaded
 * ends it: {@link SwapRun} says how much metaspace the versions would have needed together.
 */
class HotSwapMetaspaceIT {
    @Test
    void threeHundredSwapsFitIntoTheMetaspaceOfAFew() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx128m",
                                "-XX:MaxMetaspaceSize=" + SwapRun.METASPACE_MIB + "m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SwapRun.class.getName())
                        .redirectErrorStream(true)
                        .start();
        try {
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(1, TimeUnit.MINUTES), said);
            assertEquals(0, process.exitValue(), said);
            Map<String, Long> figures = new TreeMap<>();
            said.lines()
                    .map(line -> line.split("=", 2))
                    .filter(words -> words.length == 2)
                    .forEach(words -> figures.put(words[0], Long.valueOf(words[1])));
            // CHECKSTYLE OFF: the figures are what this test is for
            System.out.println("300 swaps: " + figures);
            // CHECKSTYLE ON
            assertEquals(300, figures.get("swaps"), said);
            assertTrue(
                    figures.getOrDefault("kept_kib", 0L) * 300 > SwapRun.METASPACE_MIB * 1024L,
                    said);
            assertTrue(figures.getOrDefault("unloaded", 0L) > 300, said);
            assertTrue(figures.getOrDefault("heap_grown", Long.MAX_VALUE) < 4_000_000, said);
        } finally {
            process.destroyForcibly();
        }
    }
}
