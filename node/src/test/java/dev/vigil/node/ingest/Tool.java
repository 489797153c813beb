package dev.vigil.node.ingest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A program of another maker (mosquitto's clients and broker), run as a process of the test that
 * starts it; a thread of its own collects what it prints.
 */
final class Tool implements AutoCloseable {
    private static final String INSTALL =
            "; install it with: apt-get install mosquitto mosquitto-clients";

    private final String name;
    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private Tool(String name, Process process) {
        this.name = name;
        this.process = process;
        this.reader = new Thread(this::collect, name);
        reader.setDaemon(true);
        reader.start();
    }

    static Tool start(String... command) {
        List<String> words = new ArrayList<>(Arrays.asList(command));
        try {
            return new Tool(
                    words.getFirst(), new ProcessBuilder(words).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(words.getFirst() + " does not start" + INSTALL, e);
        }
    }

    /** Runs it to its end; the exit code. */
    static int run(String... command) {
        try (Tool tool = start(command)) {
            return tool.exitCode();
        }
    }

    /** What it has printed until now, both streams. */
    List<String> lines() {
        return lines;
    }

    void type(String text) {
        try {
            OutputStream input = process.getOutputStream();
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return exitCode(Duration.ofSeconds(20));
    }

    int exitCode(Duration within) {
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "%s did not end within %s; it printed %s".formatted(name, within, lines));
            }
            reader.join(within);
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** As a power cut would. */
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exitCode();
    }

    private void collect() {
        try (BufferedReader from =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(name + ": " + e.getMessage());
        }
    }
}
