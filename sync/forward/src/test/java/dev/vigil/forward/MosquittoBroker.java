package dev.vigil.forward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real mosquitto for tests and trials, owned by the thread that uses it. Its port stays the same
 * over {@link #kill} and {@link #start}; it keeps nothing on disk. Only its own process is
 * signalled.
 */
public final class MosquittoBroker implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final boolean tls;
    private final Thread reaper = new Thread(this::destroyNow, "mosquitto-reaper");
    private volatile @Nullable Process process;

    private MosquittoBroker(Path directory, int port, boolean tls) {
        this.directory = directory;
        this.port = port;
        this.tls = tls;
    }

    /** Everybody may connect. */
    public static MosquittoBroker startIn(Path directory) {
        return start(directory, false, "");
    }

    /** TLS only, and only for clients with a certificate that {@code clients} vouches for. */
    public static MosquittoBroker startWithTls(Path directory, PemFiles own, Path clients) {
        return start(
                directory,
                true,
                """
                certfile %s
                keyfile %s
                cafile %s
                require_certificate true
                """
                        .formatted(own.certificate(), own.key(), clients));
    }

    private static MosquittoBroker start(Path directory, boolean tls, String more) {
        try {
            Files.createDirectories(directory);
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Files.writeString(
                    directory.resolve("mosquitto.conf"),
                    """
                    listener %d 127.0.0.1
                    allow_anonymous true
                    persistence false
                    max_queued_messages 0
                    user root
                    %s"""
                            .formatted(port, more),
                    StandardCharsets.UTF_8);
            var broker = new MosquittoBroker(directory, port, tls);
            Runtime.getRuntime().addShutdownHook(broker.reaper);
            broker.start();
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("mosquitto in " + directory, e);
        }
    }

    /** {@code tcp://127.0.0.1:port}, or {@code ssl://}. */
    public URI uri() {
        return URI.create((tls ? "ssl" : "tcp") + "://127.0.0.1:" + port);
    }

    public int port() {
        return port;
    }

    /** What it has printed since the first start. */
    public String log() {
        try {
            return Files.readString(directory.resolve("mosquitto.log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("mosquitto in " + directory, e);
        }
    }

    /** Starts it (again) and returns when it listens. */
    public void start() {
        String program =
                Stream.of("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto")
                        .filter(path -> Files.isExecutable(Path.of(path)))
                        .findFirst()
                        .orElse("mosquitto");
        try {
            Process started =
                    new ProcessBuilder(
                                    List.of(
                                            program,
                                            "-v",
                                            "-c",
                                            directory.resolve("mosquitto.conf").toString()))
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            directory.resolve("mosquitto.log").toFile()))
                            .start();
            process = started;
            awaitPort(started);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "mosquitto did not start; install it with: apt-get install mosquitto", e);
        }
    }

    /** SIGKILL, and waits until it is gone. */
    public void kill() {
        destroyNow();
        process = null;
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(reaper);
    }

    private void destroyNow() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            TestProcess.endsWithin(running, BOUND);
        }
    }

    /** The pause between two looks is a wait for the process to die, which would end the matter. */
    private void awaitPort(Process started) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (System.nanoTime() < deadline) {
            if (TestProcess.endsWithin(started, Duration.ofMillis(50))) {
                throw new IllegalStateException(
                        "mosquitto ended with %d: %s".formatted(started.exitValue(), log()));
            }
            try (var socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException _) {
                // not yet
            }
        }
        kill();
        throw new IllegalStateException(
                "mosquitto: no answer on port %d within %s: %s".formatted(port, BOUND, log()));
    }
}
