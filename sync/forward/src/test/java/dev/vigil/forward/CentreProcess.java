package dev.vigil.forward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The packaged application as a process, as {@code ./vigil centre} starts it. Owned by the thread
 * that starts it; its output goes to {@code NAME.log} in its folder. It also ends with the JVM that
 * started it.
 */
public final class CentreProcess implements AutoCloseable {
    /** For tests that start it often. */
    public static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-Xmx256m");

    private static final Duration BOUND = Duration.ofMinutes(2);

    private final Path log;
    private final List<String> command;
    private final Thread reaper = new Thread(this::destroyNow, "centre-reaper");
    private @Nullable Process process;
    private int linesBefore;

    private CentreProcess(Path log, List<String> command) {
        this.log = log;
        this.command = List.copyOf(command);
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /**
     * Starts it and returns at once.
     *
     * @param jar the application's quarkus-run.jar
     * @param jvm options of the JVM, say {@link #QUICK_START}
     * @param words its command line
     */
    public static CentreProcess launch(
            Path jar, List<String> jvm, Path folder, String name, List<String> words) {
        var command =
                new ArrayList<String>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(jvm);
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        command.addAll(words);
        var centre = new CentreProcess(folder.resolve(name + ".log"), command);
        centre.launch();
        return centre;
    }

    /** Starts it again and returns at once. */
    public void launch() {
        try {
            linesBefore = Files.exists(log) ? lines().size() : 0;
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException("centre did not start", e);
        }
    }

    /** Returns when a line of its log since the last launch holds {@code words}. */
    public void awaitLog(String words) {
        await(() -> says(words), "'%s' in its log".formatted(words));
    }

    /** Whether a line of its log since the last launch holds {@code words}. */
    public boolean says(String words) {
        return lines().stream().skip(linesBefore).anyMatch(line -> line.contains(words));
    }

    /** CPU time since the last launch. */
    public Duration cpu() {
        return running().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** SIGKILL, and waits until it is gone. */
    public void kill() {
        destroyNow();
    }

    public List<String> lines() {
        try {
            return Files.readAllLines(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("log of the centre", e);
        }
    }

    @Override
    public void close() {
        Process last = process;
        if (last != null) {
            last.destroy();
            if (!TestProcess.endsWithin(last, Duration.ofSeconds(30))) {
                destroyNow();
            }
        }
        Runtime.getRuntime().removeShutdownHook(reaper);
    }

    /** The pause between two looks is a wait for the process to die. */
    private void await(BooleanSupplier done, String what) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "not within %s: %s; log:%n%s"
                                .formatted(BOUND, what, String.join("\n", lines())));
            }
            if (TestProcess.endsWithin(running(), Duration.ofMillis(100)) && !done.getAsBoolean()) {
                throw new AssertionError(
                        "ended with %d before %s; log:%n%s"
                                .formatted(
                                        running().exitValue(), what, String.join("\n", lines())));
            }
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("not launched");
        }
        return process;
    }

    private void destroyNow() {
        Process last = process;
        if (last != null) {
            last.destroyForcibly();
            TestProcess.endsWithin(last, Duration.ofSeconds(30));
        }
    }
}
