package dev.vigil.trials;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A mosquitto broker as a yardstick: it acknowledges without writing anything down. Owned by the
 * thread that starts it, which closes it.
 */
record Mosquitto(Process process, int port) implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(10);

    /** Empty when it is not installed. */
    static Optional<Mosquitto> start(Path folder) throws IOException {
        Optional<Path> program =
                Stream.of("/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto")
                        .map(Path::of)
                        .filter(Files::isExecutable)
                        .findFirst();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        int port = Workplace.freePorts(1).getFirst();
        Path config = folder.resolve("mosquitto.conf");
        Files.writeString(
                config,
                """
                listener %d 127.0.0.1
                allow_anonymous true
                persistence false
                max_inflight_messages 0
                max_queued_messages 0
                """
                        .formatted(port),
                StandardCharsets.UTF_8);
        Process process =
                new ProcessBuilder(List.of(program.get().toString(), "-c", config.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("mosquitto.log").toFile())
                        .start();
        Mosquitto mosquitto = new Mosquitto(process, port);
        if (!Waiting.until(BOUND, mosquitto::answers)) {
            mosquitto.close();
            throw new TrialFailure("mosquitto does not answer on port " + port);
        }
        return Optional.of(mosquitto);
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }

    @Override
    public void close() {
        process.destroy();
        if (!Waiting.until(BOUND, () -> !process.isAlive())) {
            process.destroyForcibly();
        }
    }
}
