package dev.vigil.policy.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The history of a journal, through {@code vigil cat} of the node in a process of its own: the
 * journal's format is the node's. Stateless.
 */
final class JournalCat {
    /** System property: the node's jar, set by ./vigil. */
    static final String NODE_JAR = "vigil.node.jar";

    private JournalCat() {}

    static Readings read(Path folder) {
        String jar = System.getProperty(NODE_JAR, "");
        if (jar.isBlank()) {
            throw ToolFailure.usage(
                    "--journal needs the node: start this with ./vigil policy, or set -D%s"
                            .formatted(NODE_JAR));
        }
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        jar,
                        "cat",
                        "--journal",
                        folder.toAbsolutePath().toString(),
                        "--lane",
                        "history");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                Readings readings = SenmlLines.read(folder.toString(), lines.lines());
                if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                    throw ToolFailure.usage(
                            "the journal %s was not read to its end".formatted(folder));
                }
                return readings;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException | UncheckedIOException e) {
            throw ToolFailure.usage("the journal %s can't be read: %s".formatted(folder, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ToolFailure.usage("interrupted while the journal %s was read".formatted(folder));
        }
    }
}
