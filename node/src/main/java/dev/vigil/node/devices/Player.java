package dev.vigil.node.devices;

import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.watch.OutputFault;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message that a program plays, again and again while it is on: {@code aplay -q evacuate.wav}.
 * Owned by one thread.
 *
 * <ul>
 *   <li>When it is switched off the program is ended, with force after {@link #KILL_AFTER}.
 *   <li>A program that fails is a fault, and started again after {@link #RETRY}; one that plays for
 *       longer than {@link #LONGEST} hangs, and is ended.
 * </ul>
 */
final class Player implements SlowOutput {
    static final Duration PAUSE = Duration.ofSeconds(1);
    static final Duration RETRY = Duration.ofSeconds(5);
    static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration KILL_AFTER = Duration.ofSeconds(1);

    private final String id;
    private final List<String> command;
    private final Path directory;
    private final LongSupplier nanoTime;
    private @Nullable Process playing;
    private long startedAt;
    private long startAt;
    private @Nullable String fault;

    /**
     * Starts nothing yet.
     *
     * @param nanoTime {@link System#nanoTime}
     */
    Player(String id, SiteConfig.Actuator.Play play, LongSupplier nanoTime) {
        this.id = id;
        this.command = play.command();
        this.directory = play.directory();
        this.nanoTime = nanoTime;
        this.startAt = nanoTime.getAsLong();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void keep(Wanted wanted, String why) throws OutputFault {
        if (wanted == Wanted.ON) {
            play();
        } else {
            end();
            startAt = nanoTime.getAsLong();
        }
        if (fault == null && !isThere(command.getFirst())) {
            throw new OutputFault("output %s: no program '%s'".formatted(id, command.getFirst()));
        }
        String failed = fault;
        if (failed != null) {
            throw new OutputFault("output %s: %s".formatted(id, failed));
        }
    }

    @Override
    public void close() {
        end();
    }

    private void play() {
        long now = nanoTime.getAsLong();
        Process process = playing;
        if (process != null && process.isAlive()) {
            if (now - startedAt > LONGEST.toNanos()) {
                end();
                failed(now, "still played after %d s; ended".formatted(LONGEST.toSeconds()));
            }
            return;
        }
        if (process != null) {
            playing = null;
            if (process.exitValue() == 0) {
                fault = null;
                startAt = now + PAUSE.toNanos();
            } else {
                failed(now, "ended with code " + process.exitValue());
            }
        }
        if (now - startAt >= 0) {
            start(now);
        }
    }

    private void start(long now) {
        try {
            playing =
                    new ProcessBuilder(command)
                            .directory(directory.toAbsolutePath().toFile())
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            startedAt = now;
        } catch (IOException e) {
            failed(now, "can't be started: " + e.getMessage());
        }
    }

    private void failed(long now, String what) {
        fault = "'%s' %s".formatted(String.join(" ", command), what);
        startAt = now + RETRY.toNanos();
    }

    private void end() {
        Process process = playing;
        playing = null;
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(KILL_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** As execvp(3) looks for it. */
    private boolean isThere(String program) {
        if (program.contains("/")) {
            return Files.isExecutable(directory.resolve(program));
        }
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Pattern.compile(":")
                .splitAsStream(path)
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
