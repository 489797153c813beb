package dev.vigil.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Load on an MQTT port: a few connections, each with a thread of its own that sends either as fast
 * as its window allows or at a fixed rate. Owned by the thread that starts it.
 */
final class Load implements AutoCloseable {
    private static final Duration CONNECT_BOUND = Duration.ofSeconds(10);
    private static final Duration END_BOUND = Duration.ofSeconds(30);
    private static final long PACE_NANOS = 500_000;

    private final LongAdder acknowledged = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();
    private final List<SenderClient> clients = new ArrayList<>();
    private volatile boolean stopping;
    private volatile @Nullable IOException failure;

    /** As fast as {@code window} unacknowledged messages on each connection allow. */
    static Load flatOut(int port, int connections, int window) throws IOException {
        Load load = new Load();
        for (int i = 0; i < connections; i++) {
            SenderClient client = load.client("load-" + i, port, window);
            load.run(client, () -> load.sendFlatOut(client));
        }
        return load;
    }

    /** {@code perSecond} messages a second on one connection. */
    static Load paced(int port, int perSecond) throws IOException {
        Load load = new Load();
        SenderClient client = load.client("load-paced", port, SenderClient.WINDOW_MAX);
        load.run(client, () -> load.sendPaced(client, perSecond));
        return load;
    }

    private SenderClient client(String id, int port, int window) throws IOException {
        SenderClient client =
                new SenderClient(
                        id, window, new LoadMessages(), (_, _) -> acknowledged.increment());
        client.connect(port, CONNECT_BOUND);
        clients.add(client);
        return client;
    }

    @FunctionalInterface
    private interface Sending {
        void send() throws IOException;
    }

    private void run(SenderClient client, Sending sending) {
        threads.add(
                Thread.ofPlatform()
                        .daemon()
                        .name("load")
                        .start(
                                () -> {
                                    try {
                                        sending.send();
                                        client.awaitAcknowledgements(END_BOUND);
                                    } catch (IOException e) {
                                        failure = e;
                                    }
                                }));
    }

    private void sendFlatOut(SenderClient client) throws IOException {
        for (long ticket = 0; !stopping; ticket++) {
            client.send(ticket);
        }
    }

    private void sendPaced(SenderClient client, int perSecond) throws IOException {
        long began = System.nanoTime();
        long ticket = 0;
        while (!stopping) {
            long due = (System.nanoTime() - began) * perSecond / 1_000_000_000L;
            while (ticket < due) {
                client.send(ticket++);
            }
            client.flush();
            Waiting.untilNanoTime(System.nanoTime() + PACE_NANOS);
        }
    }

    long acknowledgedTotal() {
        return acknowledged.sum();
    }

    /** Acknowledged a second, over {@code duration} from now. */
    double measure(Duration duration) {
        long before = acknowledged.sum();
        long began = System.nanoTime();
        Waiting.untilNanoTime(began + duration.toNanos());
        double seconds = (System.nanoTime() - began) / 1e9;
        return (acknowledged.sum() - before) / seconds;
    }

    /** Stops sending and waits until all that was sent is acknowledged. */
    @Override
    public void close() {
        stopping = true;
        for (Thread thread : threads) {
            try {
                thread.join(END_BOUND);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        clients.forEach(SenderClient::close);
        IOException failed = failure;
        if (failed != null) {
            throw new TrialFailure("the load's connection ended", failed);
        }
    }
}
