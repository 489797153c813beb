package dev.vigil.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A sensor's connection that keeps each message until the node has acknowledged it, and comes back
 * to a node that was gone. Never waits long; owned by the thread of the trial.
 */
final class ReturningClient implements AutoCloseable {
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(2);
    private static final long RETRY_NANOS = 50_000_000;

    private final int port;
    private final SenderClient sender;
    private final Consumer<long[]> resent;
    private long connectAt = System.nanoTime();

    /** Sends what is due, and flushes. */
    @FunctionalInterface
    interface Sending {
        void send(SenderClient sender) throws IOException;
    }

    /**
     * Not connected yet.
     *
     * @param sender closed by this
     * @param resent told which tickets were sent again
     */
    ReturningClient(int port, SenderClient sender, Consumer<long[]> resent) {
        this.port = port;
        this.sender = sender;
        this.resent = resent;
    }

    /** Has it sent when there is a node that takes it. */
    void turn(Sending sending) {
        try {
            if (sender.isConnected()) {
                sending.send(sender);
            } else if (System.nanoTime() - connectAt >= 0) {
                connect();
            }
        } catch (IOException _) {
            connectAt = System.nanoTime() + RETRY_NANOS;
        }
    }

    /** As {@link #turn}, but nothing new. */
    boolean isAllAcknowledged() {
        try {
            if (!sender.isConnected()) {
                connect();
            }
            return sender.awaitAcknowledgements(Duration.ofSeconds(1));
        } catch (IOException _) {
            return false; // tries again
        }
    }

    /** The node was killed. */
    void disconnect() {
        sender.disconnect();
    }

    long acknowledged() {
        return sender.acknowledgedTotal();
    }

    /** Messages, each counted once however often it was sent. */
    long sent() {
        return sender.sentTotal();
    }

    private void connect() throws IOException {
        sender.connect(port, ANSWER_BOUND);
        resent.accept(sender.resendUnacknowledged());
    }

    @Override
    public void close() {
        sender.close();
    }
}
