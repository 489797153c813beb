package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoIT {
    private static final Duration BOUND = Duration.ofMinutes(1);

    @Test
    void theFireIsDetectedWithoutALinkAndEveryReadingArrivesOnce() throws Exception {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
        long began = System.nanoTime();
        DemoRun.Verdict verdict;
        try (Started started = new Started()) {
            DemoRun demo =
                    new DemoRun(Workplace.fresh("demo-it"), started, out, InstantSource.system());
            verdict = demo.play(demo.begin());
        }
        String story = told.toString(StandardCharsets.UTF_8);

        assertEquals(List.of(), verdict.failures(), story);
        assertTrue(System.nanoTime() - began < Duration.ofSeconds(90).toNanos(), story);
        for (String event :
                List.of(
                        "first threshold",
                        "the uplink is cut",
                        "ALARM",
                        "siren ON",
                        "records buffered",
                        "link back",
                        "all records delivered")) {
            assertTrue(
                    story.contains(event), () -> "'%s' is not told:%n%s".formatted(event, story));
        }
        assertTrue(
                story.indexOf("the uplink is cut") < story.indexOf("siren ON")
                        && story.indexOf("siren ON") < story.indexOf("link back"),
                story);
    }

    @Test
    void interruptedItLeavesNothingBehind() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process demo =
                new ProcessBuilder(
                                java.toString(),
                                "-Dvigil.node.command="
                                        + System.getProperty("vigil.node.command", ""),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Demo.class.getName())
                        .directory(Workplace.repositoryRoot().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(Workplace.fresh("demo-interrupted").file("out").toFile())
                        .start();
        try {
            Waiting.require(
                    BOUND,
                    () -> demo.descendants().count() >= 2,
                    () -> "Kafka and node not started");
            List<ProcessHandle> children = demo.descendants().toList();

            demo.destroy();

            assertTrue(Waiting.until(BOUND, () -> !demo.isAlive()), "it does not end");
            assertTrue(
                    Waiting.until(BOUND, () -> children.stream().noneMatch(ProcessHandle::isAlive)),
                    () -> "left behind: " + children);
        } finally {
            demo.descendants().forEach(ProcessHandle::destroyForcibly);
            demo.destroyForcibly();
        }
    }
}
