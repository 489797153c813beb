package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node in its own process, started as an operator would. Owned by the thread of the trial;
 * whoever starts it closes it.
 *
 * <p>System property {@code vigil.node.command} is the command it is started with, words separated
 * by spaces; {@code node --config FILE} is appended. By default the JVM that runs the trial, with
 * node/target/quarkus-app/quarkus-run.jar.
 */
public final class NodeProcess implements AutoCloseable {
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(2);
    private static final Duration ORDER_BOUND = Duration.ofSeconds(60);
    private static final Duration STOP_BOUND = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(ANSWER_BOUND)
                    .build();
    private final Process process;
    private final int pagePort;
    private final Path log;

    private NodeProcess(Process process, int pagePort, Path log) {
        this.process = process;
        this.pagePort = pagePort;
        this.log = log;
    }

    /** Starts a node; what it prints is appended to {@code log}. It may not be ready yet. */
    public static NodeProcess start(Path siteFile, int pagePort, Path log) {
        return start(List.of(), siteFile, pagePort, log);
    }

    /** As above, with {@code wrapper} (say {@code prlimit --fsize=1000000}) before the command. */
    static NodeProcess start(List<String> wrapper, Path siteFile, int pagePort, Path log) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(nodeCommand());
        return startAs(command, siteFile, pagePort, log);
    }

    /** As above, whatever {@code vigil.node.command} says. */
    static NodeProcess startAs(List<String> how, Path siteFile, int pagePort, Path log) {
        List<String> command = new ArrayList<>(how);
        command.addAll(List.of("node", "--config", siteFile.toString()));
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(Workplace.repositoryRoot().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            return new NodeProcess(process, pagePort, log);
        } catch (IOException e) {
            throw new UncheckedIOException("can't start the node: " + command, e);
        }
    }

    /** Another command than this JVM's: the native executable. */
    static boolean isExecutable() {
        return !givenCommand().isEmpty();
    }

    private static String givenCommand() {
        return System.getProperty("vigil.node.command", "").strip();
    }

    /** How a node is started here, without its arguments; the JVM's are those of ./vigil. */
    static List<String> nodeCommand() {
        if (isExecutable()) {
            return List.of(givenCommand().split(" +", -1));
        }
        return jvmCommand();
    }

    /** How a node is started on a JVM, whatever {@code vigil.node.command} says. */
    static List<String> jvmCommand() {
        Path jar = Workplace.repositoryRoot().resolve("node/target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new TrialFailure(
                    "no node to start: %s is missing; build it with ./vigil, or name another command with -Dvigil.node.command"
                            .formatted(jar));
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return List.of(
                java.toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar.toString());
    }

    /** Waits until it says it is ready; an end before that is an error with the end of its log. */
    public NodeProcess awaitReady(Duration bound) {
        boolean ready = Waiting.until(bound, () -> !process.isAlive() || isReady());
        if (!ready || !process.isAlive()) {
            String state =
                    process.isAlive() ? "is not ready" : "ended with code " + process.exitValue();
            throw new TrialFailure(
                    "the node %s after at most %d ms; its log %s ends:%n%s"
                            .formatted(state, bound.toMillis(), log, logTail(30)));
        }
        return this;
    }

    /** Whether /q/health/ready answers 200. */
    public boolean isReady() {
        try {
            return answer("/q/health/ready").statusCode() == 200;
        } catch (IOException e) {
            return false; // nobody listens yet
        }
    }

    /** The body of a page of the node, whatever its status. */
    public String page(String path) throws IOException {
        return answer(path).body();
    }

    /**
     * Tells it, as an operator would, that somebody knows of an incident. False when it does not
     * know the incident: the siren sounds a moment before the page shows why.
     */
    boolean acknowledge(String incident) throws IOException {
        return order(incident, "acknowledge") != 404;
    }

    /** Tells it that an incident is over. False while it does not agree. */
    boolean reset(String incident) throws IOException {
        return order(incident, "reset") == 202;
    }

    /**
     * The status it answered: 202, 404 for an incident it does not know, 409 for one that burns.
     */
    private int order(String incident, String action) throws IOException {
        HttpResponse<String> answer =
                post("/api/incidents/" + incident + "/" + action, new byte[0]);
        return switch (answer.statusCode()) {
            case 202, 404, 409 -> answer.statusCode();
            default ->
                    throw new IOException(
                            "%s was answered with %d: %s"
                                    .formatted(answer.uri(), answer.statusCode(), answer.body()));
        };
    }

    /** Gives it an order, as the command line does, without a JVM for each. */
    HttpResponse<String> post(String path, byte[] body) throws IOException {
        return send(
                request(path)
                        .timeout(ORDER_BOUND)
                        .header("X-Vigil-Operator", "trial")
                        .header("Content-Type", "application/octet-stream")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build());
    }

    private HttpResponse<String> answer(String path) throws IOException {
        return send(request(path).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(pageAddress() + path)).timeout(ANSWER_BOUND);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + request.uri(), e);
        }
    }

    public String pageAddress() {
        return "http://127.0.0.1:" + pagePort;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** kill -9 by its own id; returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(STOP_BOUND);
    }

    /** Asks it to end (SIGTERM), and ends it by force after 20 seconds. Its exit code. */
    public int stop() {
        process.destroy();
        if (!awaitEnd(STOP_BOUND)) {
            process.destroyForcibly();
            awaitEnd(STOP_BOUND);
        }
        return process.isAlive() ? -1 : process.exitValue();
    }

    /** Waits for it to end by itself. */
    boolean awaitEnd(Duration bound) {
        try {
            return process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return false;
        }
    }

    int exitCode() {
        return process.exitValue();
    }

    /** The last lines of what it printed. */
    public String logTail(int lines) {
        return tail(log, lines);
    }

    String log() {
        return text(log);
    }

    /** The last lines of a log, whether its node still runs or not. */
    static String tail(Path log, int lines) {
        List<String> all = text(log).lines().toList();
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    private static String text(Path log) {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(no log: %s)".formatted(e);
        }
    }

    @Override
    public void close() {
        stop();
        http.close();
    }
}
