package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a trial runs: the repository's root, a fresh folder under target/, free ports. Immutable.
 */
public record Workplace(Path root, Path folder) {
    /** A fresh, empty folder {@code node/trials/target/trials/<name>}. */
    public static Workplace fresh(String name) {
        Path root = repositoryRoot();
        Path folder = root.resolve("node/trials/target/trials").resolve(name);
        try {
            deleteTree(folder);
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("can't make the folder " + folder, e);
        }
        return new Workplace(root, folder);
    }

    /** Kafka's client logs over SLF4J, which says on every start that nobody listens. */
    static void keepLibrariesQuiet() {
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** The recordings in the repository: {@code nist-smoke-alarms/SDC02.csv.gz}. */
    public Path recording(String name) {
        return root.resolve("sensor-drivers/recordings").resolve(name);
    }

    /** Ports of the loopback interface that were free a moment ago, all different. */
    public static List<Integer> freePorts(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            List<Integer> ports = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                held.add(socket);
                ports.add(socket.getLocalPort());
            }
            return List.copyOf(ports);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on the loopback interface", e);
        } finally {
            for (ServerSocket socket : held) {
                closeQuietly(socket);
            }
        }
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("can't give back port " + socket.getLocalPort(), e);
        }
    }

    /**
     * System property {@code vigil.root}, else the nearest folder upwards that holds
     * sensor-drivers/recordings.
     */
    static Path repositoryRoot() {
        String given = System.getProperty("vigil.root");
        if (given != null) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("sensor-drivers/recordings"))) {
                return folder;
            }
        }
        throw new TrialFailure(
                "no folder from %s upwards holds sensor-drivers/recordings: run it inside the repository, or set -Dvigil.root"
                        .formatted(start));
    }

    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(folder)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
