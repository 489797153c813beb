package dev.vigil.forward;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker for tests and trials: one KRaft process (broker and controller) from this
 * class path, owned by the thread that uses it.
 *
 * <ol>
 *   <li>It listens on 127.0.0.1, on a free port that stays the same over {@link #stop}, {@link
 *       #kill} and {@link #start}; so do its data.
 *   <li>Its log goes to {@code broker.log} in its directory; nothing is printed.
 *   <li>Only its own process is ever signalled. It also ends with the JVM that started it.
 * </ol>
 */
public final class KafkaBroker implements AutoCloseable {
    private static final Duration START_BOUND = Duration.ofMinutes(3);
    private static final Duration STOP_BOUND = Duration.ofSeconds(30);

    private static final int NONE = 0;

    private final Path directory;
    private final int port;
    private final int furtherPort;
    private final Thread reaper = new Thread(this::destroyNow, "kafka-broker-reaper");
    private volatile @Nullable Process process;

    private KafkaBroker(Path directory, int port, int furtherPort) {
        this.directory = directory;
        this.port = port;
        this.furtherPort = furtherPort;
    }

    /**
     * Formats {@code directory} (created when missing, must be empty) and starts a broker in it.
     */
    public static KafkaBroker startIn(Path directory) {
        int[] ports = freePorts();
        return started(directory, ports[0], NONE, configuration(directory, ports));
    }

    /**
     * As {@link #startIn}, with a further port that speaks TLS only, to clients with a certificate
     * that {@code trust} vouches for. Both are PKCS12 files.
     */
    public static KafkaBroker startWithTls(Path directory, Path keys, Path trust, String password) {
        int[] ports = freePorts();
        return started(
                directory,
                ports[0],
                ports[2],
                configuration(directory, ports) + tls(ports, keys, trust, password));
    }

    /**
     * As {@link #startIn}, with a further port, {@link #portBehind}, on another address of this
     * machine, whose clients are told that it is at {@code seenAs}: what they say goes over a link.
     */
    public static KafkaBroker startBehind(Path directory, String address, String seenAs) {
        int[] ports = freePorts();
        return started(
                directory,
                ports[0],
                ports[2],
                configuration(directory, ports) + behind(ports, address, seenAs));
    }

    private static KafkaBroker started(
            Path directory, int port, int furtherPort, String configuration) {
        KafkaBroker broker =
                formatted(
                        directory, port, furtherPort, configuration, Uuid.randomUuid().toString());
        broker.start();
        return broker;
    }

    /** Of a cluster; not running yet. */
    static KafkaBroker member(Path directory, int port, String configuration, String clusterId) {
        return formatted(directory, port, NONE, configuration, clusterId);
    }

    private static KafkaBroker formatted(
            Path directory, int port, int furtherPort, String configuration, String clusterId) {
        try {
            Files.createDirectories(directory);
            Path config = directory.resolve("server.properties");
            Files.writeString(config, configuration);
            try (var log =
                    new PrintStream(
                            directory.resolve("format.log").toFile(), StandardCharsets.UTF_8)) {
                String[] format = {
                    "format", "--config", config.toString(), "--cluster-id", clusterId
                };
                if (StorageTool.execute(format, log) != 0) {
                    throw new IllegalStateException(
                            "Kafka storage in "
                                    + directory
                                    + " could not be formatted; see format.log there");
                }
            }
            var broker = new KafkaBroker(directory, port, furtherPort);
            Runtime.getRuntime().addShutdownHook(broker.reaper);
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka broker in " + directory, e);
        }
    }

    /** {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** {@code 127.0.0.1:port} of the port that speaks TLS. */
    public String tlsBootstrapServers() {
        return "127.0.0.1:" + portBehind();
    }

    /** The further port, where there is one. */
    public int portBehind() {
        if (furtherPort == NONE) {
            throw new IllegalStateException("Kafka broker in " + directory + " has one port only");
        }
        return furtherPort;
    }

    public boolean isRunning() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** Of the running broker. */
    public long pid() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("Kafka broker in " + directory + " is not running");
        }
        return running.pid();
    }

    /** Starts it (again) and returns when it answers; at most three minutes. */
    public void start() {
        launch();
        awaitUp();
    }

    /** Starts it (again) and returns at once. */
    public void launch() {
        if (isRunning()) {
            throw new IllegalStateException("Kafka broker in " + directory + " runs already");
        }
        Path log = directory.resolve("broker.log");
        var command =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx320m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "kafka.Kafka",
                        directory.resolve("server.properties").toString());
        command.redirectErrorStream(true);
        command.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            process = command.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka broker in " + directory + " did not start", e);
        }
    }

    /** Whether it takes connections. */
    public boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException _) {
            return false; // not yet
        }
    }

    /** Returns when it answers; at most three minutes. */
    void awaitUp() {
        Process launched = process;
        if (launched == null) {
            throw new IllegalStateException("Kafka broker in " + directory + " is not running");
        }
        try {
            awaitPort(launched);
            awaitAnswer();
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka broker in " + directory + " did not start", e);
        }
    }

    /** Ends it in good order (SIGTERM), at most 30 seconds; data stay. */
    public void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroy();
        if (!TestProcess.endsWithin(running, STOP_BOUND)) {
            destroyNow();
        }
        process = null;
    }

    /**
     * Kills it (SIGKILL) and waits until it is gone; what it had not flushed is in the page cache.
     */
    public void kill() {
        destroyNow();
        process = null;
    }

    /** Creates a topic with one replica; fine when it is there already. */
    public void createTopic(String topic, int partitions) {
        try (var admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("topic " + topic + " was not created", e);
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("topic " + topic + " was not created in 30 s", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void close() {
        stop();
        Runtime.getRuntime().removeShutdownHook(reaper);
    }

    private Admin admin() {
        return Admin.create(
                Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers(),
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        30_000));
    }

    private void destroyNow() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            TestProcess.endsWithin(running, STOP_BOUND);
        }
    }

    /** The pause between two looks is a wait for the process to die, which would end the matter. */
    private void awaitPort(Process started) throws IOException {
        long deadline = System.nanoTime() + START_BOUND.toNanos();
        while (System.nanoTime() < deadline) {
            if (TestProcess.endsWithin(started, Duration.ofMillis(100))) {
                process = null;
                throw new IOException(
                        "it ended with %d:%n%s".formatted(started.exitValue(), lastOfLog()));
            }
            if (answers()) {
                return;
            }
        }
        kill();
        throw new IOException(
                "no answer on port %d within %s:%n%s".formatted(port, START_BOUND, lastOfLog()));
    }

    private void awaitAnswer() throws IOException {
        try (var admin = admin()) {
            admin.describeCluster().nodes().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new IOException("it does not answer:%n%s".formatted(lastOfLog()), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private String lastOfLog() throws IOException {
        String log = Files.readString(directory.resolve("broker.log"), StandardCharsets.UTF_8);
        return log.substring(Math.max(0, log.length() - 4_000));
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for a Kafka broker", e);
    }

    /** Of the broker, of its controller, and one more. */
    private static int[] freePorts() {
        try (var one = new ServerSocket(0);
                var two = new ServerSocket(0);
                var three = new ServerSocket(0)) {
            return new int[] {one.getLocalPort(), two.getLocalPort(), three.getLocalPort()};
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }

    /** Lines after the others': the last one of a key counts. */
    private static String tls(int[] ports, Path keys, Path trust, String password) {
        return """
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d,SSL://127.0.0.1:%3$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d,SSL://127.0.0.1:%3$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL
                ssl.client.auth=required
                ssl.keystore.type=PKCS12
                ssl.keystore.location=%4$s
                ssl.keystore.password=%6$s
                ssl.truststore.type=PKCS12
                ssl.truststore.location=%5$s
                ssl.truststore.password=%6$s
                """
                .formatted(
                        ports[0],
                        ports[1],
                        ports[2],
                        keys.toAbsolutePath(),
                        trust.toAbsolutePath(),
                        password);
    }

    /** As {@link #tls}. */
    private static String behind(int[] ports, String address, String seenAs) {
        return """
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d,BEHIND://%4$s:%3$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d,BEHIND://%5$s:%3$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,BEHIND:PLAINTEXT
                """
                .formatted(ports[0], ports[1], ports[2], address, seenAs);
    }

    private static String configuration(Path directory, int[] ports) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                num.partitions=3
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                log.cleaner.enable=false
                num.network.threads=2
                num.io.threads=2
                """
                .formatted(ports[0], ports[1], directory.resolve("data").toAbsolutePath());
    }
}
