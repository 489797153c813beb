package dev.vigil.trials;

import java.io.IOException;
import java.time.Instant;

/**
 * A sensor of water tanks that measures at an even pace while there is a node that takes it. Owned
 * by the thread of the trial.
 */
final class TankSensor implements AutoCloseable {
    private static final int WINDOW = 512;
    private static final int AT_ONCE = 50;

    private final long nanosBetween;
    private final LevelMessages messages;
    private final ReturningClient client;
    private long nextAt = System.nanoTime();

    /**
     * Not connected yet.
     *
     * @param first time of the first reading
     * @param perSecond readings it measures
     */
    TankSensor(int port, Instant first, int perSecond) {
        this.nanosBetween = 1_000_000_000L / perSecond;
        this.messages = new LevelMessages(first);
        this.client =
                new ReturningClient(
                        port,
                        new SenderClient("tank", WINDOW, messages, (_, _) -> {}),
                        messages::resent);
    }

    /** Sends what is due, when there is a node that takes it. */
    void turn() {
        client.turn(this::send);
    }

    /** As {@link #turn}, but nothing new. */
    boolean isAllAcknowledged() {
        return client.isAllAcknowledged();
    }

    /** The node was killed. */
    void disconnect() {
        client.disconnect();
    }

    LevelMessages messages() {
        return messages;
    }

    long acknowledged() {
        return client.acknowledged();
    }

    /** Readings, each counted once however often it was sent. */
    long sent() {
        return client.sent();
    }

    private void send(SenderClient sender) throws IOException {
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
        client.close();
    }
}
