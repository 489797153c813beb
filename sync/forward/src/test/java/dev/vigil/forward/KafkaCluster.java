package dev.vigil.forward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * Some real Kafka brokers for tests, each a {@link KafkaBroker} and one voice of the KRaft quorum;
 * internal topics are on all of them, and a write is done when two have it. Owned by the thread
 * that uses it.
 */
public final class KafkaCluster implements AutoCloseable {
    private final List<KafkaBroker> brokers;

    private KafkaCluster(List<KafkaBroker> brokers) {
        this.brokers = List.copyOf(brokers);
    }

    /** Three brokers in folders of their own below {@code directory}; returns when they answer. */
    public static KafkaCluster startIn(Path directory) {
        int[] ports = freePorts(6);
        String clusterId = Uuid.randomUuid().toString();
        String voters =
                IntStream.range(0, 3)
                        .mapToObj(i -> "%d@127.0.0.1:%d".formatted(i + 1, ports[3 + i]))
                        .collect(Collectors.joining(","));
        var brokers = new ArrayList<KafkaBroker>();
        for (int i = 0; i < 3; i++) {
            Path folder = directory.resolve("broker-" + (i + 1));
            String configuration =
                    configuration(folder, i + 1, ports[i], ports[3 + i]).formatted(voters);
            brokers.add(KafkaBroker.member(folder, ports[i], configuration, clusterId));
        }
        var cluster = new KafkaCluster(brokers);
        try {
            // A quorum needs two of them: none answers before another one is there.
            brokers.forEach(KafkaBroker::launch);
            brokers.forEach(KafkaBroker::awaitUp);
        } catch (UncheckedIOException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** Of all brokers. */
    public String bootstrapServers() {
        return brokers.stream().map(KafkaBroker::bootstrapServers).collect(Collectors.joining(","));
    }

    /** To kill, stop and start them one by one. */
    public List<KafkaBroker> brokers() {
        return brokers;
    }

    @Override
    public void close() {
        brokers.forEach(KafkaBroker::kill);
        brokers.forEach(KafkaBroker::close);
    }

    private static int[] freePorts(int count) {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0));
            }
            return sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        } finally {
            for (ServerSocket socket : sockets) {
                closeQuietly(socket);
            }
        }
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // Its port is then taken, and the broker that wanted it says so.
        }
    }

    private static String configuration(Path folder, int id, int port, int controllerPort) {
        return """
                process.roles=broker,controller
                node.id=%1$d
                controller.quorum.voters=%%s
                listeners=PLAINTEXT://127.0.0.1:%2$d,CONTROLLER://127.0.0.1:%3$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                log.dirs=%4$s
                num.partitions=4
                default.replication.factor=3
                min.insync.replicas=2
                offsets.topic.num.partitions=4
                offsets.topic.replication.factor=3
                transaction.state.log.num.partitions=4
                transaction.state.log.replication.factor=3
                transaction.state.log.min.isr=2
                share.coordinator.state.topic.replication.factor=3
                share.coordinator.state.topic.min.isr=2
                group.initial.rebalance.delay.ms=0
                broker.session.timeout.ms=6000
                log.cleaner.enable=false
                num.network.threads=2
                num.io.threads=2
                """
                .formatted(id, port, controllerPort, folder.resolve("data").toAbsolutePath());
    }
}
