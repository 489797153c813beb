package dev.vigil.trials;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * A sensor that keeps each message until the node has acknowledged it, and comes back to a node
 * that was gone. Never waits long; owned by the thread of the trial.
 */
final class TankSensor implements AutoCloseable {
    private static final int WINDOW = 512;
    private static final int AT_ONCE = 50;
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(2);
    private static final long RETRY_NANOS = 50_000_000;

    private final int port;
    private final long nanosBetween;
    private final LevelMessages messages;
    private final SenderClient sender;
    private long nextAt = System.nanoTime();
    private long connectAt = System.nanoTime();

    /**
     * Not connected yet.
     *
     * @param first time of the first reading
     * @param perSecond readings it measures
     */
    TankSensor(int port, Instant first, int perSecond) {
        this.port = port;
        this.nanosBetween = 1_000_000_000L / perSecond;
        this.messages = new LevelMessages(first);
        this.sender = new SenderClient("tank", WINDOW, messages, (_, _) -> {});
    }

    /** Sends what is due, when there is a node that takes it. */
    void turn() {
        try {
            if (sender.isConnected()) {
                send();
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

    LevelMessages messages() {
        return messages;
    }

    long acknowledged() {
        return sender.acknowledgedTotal();
    }

    /** Readings, each counted once however often it was sent. */
    long sent() {
        return sender.sentTotal();
    }

    private void connect() throws IOException {
        sender.connect(port, ANSWER_BOUND);
        messages.resent(sender.resendUnacknowledged());
    }

    private void send() throws IOException {
        long now = System.nanoTime();
        for (int i = 0; i < AT_ONCE && now - nextAt >= 0 && sender.hasRoom(); i++) {
            messages.ensure(sent());
            sender.send(sent());
            nextAt += nanosBetween;
        }
        // What could not be measured in an outage is not made up for.
        nextAt = Math.max(nextAt, now - AT_ONCE * nanosBetween);
        sender.flush();
    }

    @Override
    public void close() {
        sender.close();
    }
}
