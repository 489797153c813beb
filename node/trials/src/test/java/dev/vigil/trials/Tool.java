package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of somebody else, run to its end. Stateless. */
final class Tool {
    /** What it printed, both streams, and how it ended. */
    record Ended(int code, String output) {
        /** It did what it is for, and said each of these. */
        void assertDone(List<String> said) {
            assertEquals(0, code, output);
            for (String words : said) {
                assertTrue(output.contains(words), output);
            }
        }
    }

    private Tool() {}

    /**
     * Runs {@code command} with {@code input}. A program that is not there fails the test with the
     * Debian package that brings it.
     */
    static Ended run(Duration bound, String debianPackage, String input, List<String> command) {
        Process process = start(debianPackage, command);
        try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
            stdin.write(input);
        } catch (IOException e) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not read its input", e);
        }
        return await(process, bound, command);
    }

    /**
     * As {@link #run}, for what only root may do; it has to succeed.
     *
     * @param what the test does with it, for whoever is not root: "makes a link"
     * @return what it printed
     */
    static String asRoot(Duration bound, String debianPackage, String what, List<String> command) {
        Ended ended = run(bound, debianPackage, "", command);
        if (ended.code() != 0) {
            throw new AssertionError(
                    "%s: %s - this test %s and has to run as root"
                            .formatted(command, ended.output(), what));
        }
        return ended.output();
    }

    /** The node's own command line, {@code vigil WORDS...}, against the node that runs. */
    static Ended vigil(Duration bound, NodeProcess node, List<String> words) {
        List<String> command = new ArrayList<>(NodeProcess.nodeCommand());
        command.addAll(words);
        command.addAll(List.of("--page", node.pageAddress()));
        return run(bound, "", "", command);
    }

    /**
     * Publishes a message with {@code mosquitto_pub}; the broker has acknowledged it.
     *
     * @param options more of its options: who, and by which certificates
     */
    static void publish(Duration bound, int port, String topic, String message, String... options) {
        List<String> command =
                new ArrayList<>(List.of("mosquitto_pub", "-p", Integer.toString(port)));
        command.addAll(List.of(options));
        command.addAll(List.of("-q", "1", "-t", topic, "-m", message));
        Ended ended = run(bound, "mosquitto-clients", "", command);
        if (ended.code() != 0 || ended.output().contains("Error")) {
            throw new AssertionError(
                    "%s ended with %d: %s".formatted(command, ended.code(), ended.output()));
        }
    }

    /** Starts it; the test that does so ends it. */
    static Process start(String debianPackage, List<String> command) {
        if (Arrays.stream(System.getenv("PATH").split(":", -1))
                .noneMatch(
                        folder ->
                                Files.isExecutable(Path.of(folder).resolve(command.getFirst())))) {
            throw new AssertionError(
                    "%s is needed for this test: apt-get install %s"
                            .formatted(command.getFirst(), debianPackage));
        }
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("can't run " + command, e);
        }
    }

    /** Its end; when it does not come, the program is ended and the test has failed. */
    static Ended await(Process process, Duration bound, List<String> command) {
        try {
            if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(
                        "%s did not end within %d ms: %s"
                                .formatted(command, bound.toMillis(), output(process)));
            }
            return new Ended(process.exitValue(), output(process));
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + command, e);
        }
    }

    private static String output(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(its output could not be read: %s)".formatted(e);
        }
    }
}
