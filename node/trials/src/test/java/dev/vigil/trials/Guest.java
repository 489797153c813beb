package dev.vigil.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A machine made of software (device-images/uml) with a disk, whose power can be cut. Owned by the
 * test's thread, which closes it; a thread of its own reads what the command in it prints.
 */
final class Guest implements AutoCloseable {
    private static final Duration END_BOUND = Duration.ofSeconds(20);
    private static final int LINES_MAX = 1_000_000;
    private static final String END = "";

    private final Process script;
    private final Thread reader;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);

    private Guest(Process script) {
        this.script = script;
        reader = Thread.ofPlatform().daemon().name("guest-console").start(this::read);
    }

    /**
     * @param disk an ext4 image, in the guest at /run/disk
     * @param record where each write to the disk is written down; null for nowhere
     * @param main the class to run there, with this JVM and its class path
     */
    static Guest start(Workplace place, Path disk, @Nullable Path record, List<String> main) {
        String root = place.root().toString();
        List<String> command =
                new ArrayList<>(
                        List.of(
                                root + "/device-images/uml/run.sh",
                                "--memory",
                                "1024M",
                                "--write",
                                place.folder().toString(),
                                "--disk",
                                disk.toString()));
        if (record != null) {
            command.addAll(List.of("--record", record.toString()));
        }
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-Dvigil.root=" + root,
                        "-Dvigil.node.command=" + System.getProperty("vigil.node.command", ""),
                        "-cp",
                        System.getProperty("java.class.path")));
        command.addAll(main);
        try {
            return new Guest(
                    new ProcessBuilder(command)
                            .directory(place.folder().toFile())
                            // what the script says of its kernel, which is going to be killed
                            .redirectError(place.file("guest.err").toFile())
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException("can't run " + command, e);
        }
    }

    private void read() {
        try (BufferedReader console = script.inputReader(StandardCharsets.UTF_8)) {
            // Whole lines only: the last one may be cut off with the power.
            StringBuilder line = new StringBuilder();
            for (int c = console.read(); c >= 0; c = console.read()) {
                if (c != '\n') {
                    line.append((char) c);
                    continue;
                }
                String text = line.toString().strip();
                line.setLength(0);
                if (!text.isEmpty() && !lines.offer(text)) {
                    throw new TrialFailure("the guest prints more than anybody reads");
                }
            }
        } catch (IOException e) {
            lines.offer("console: " + e);
        } finally {
            lines.offer(END);
        }
    }

    /** The next line it prints; null when there is none within the bound, or no more at all. */
    @Nullable String line(Duration bound) {
        try {
            String line = lines.poll(bound.toNanos(), TimeUnit.NANOSECONDS);
            if (END.equals(line)) {
                lines.offer(END);
                return null;
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Whether it still has power, as far as anyone can know. */
    boolean isRunning() {
        return script.isAlive();
    }

    /**
     * Cuts the power: whatever the guest had not written to its disk is gone. What it had printed
     * until then and nobody had read.
     */
    List<String> cut() {
        script.children().forEach(ProcessHandle::destroyForcibly);
        close();
        List<String> rest = new ArrayList<>();
        lines.drainTo(rest);
        rest.remove(END);
        return rest;
    }

    @Override
    public void close() {
        script.children().forEach(ProcessHandle::destroyForcibly);
        try {
            if (!script.waitFor(END_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                script.destroyForcibly();
                throw new TrialFailure("the guest does not end");
            }
            if (!reader.join(END_BOUND)) {
                throw new TrialFailure("something of the guest still holds its console");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
