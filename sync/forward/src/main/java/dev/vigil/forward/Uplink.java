package dev.vigil.forward;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A way to the centre.
 *
 * <ol>
 *   <li>Thread: the shipper's, for every method; none blocks on the network for longer than the
 *       uplink's own connect bound.
 *   <li>{@link #send} starts a delivery and returns; its end is one {@link Outcome} of a later
 *       {@link #poll}, in any order.
 *   <li>Every send has exactly one outcome, {@link Delivery.Unknown} at the latest when the
 *       uplink's own timeout is over.
 * </ol>
 */
public interface Uplink extends AutoCloseable {
    /** How one block fared. */
    record Outcome(Block block, Delivery delivery) {}

    /** {@code kafka}: for logs, metrics and the status page. */
    String name();

    /** Starts to deliver. */
    void send(Block block, Waybill waybill);

    /** The budget of the way that the next block takes; empty when it has none. */
    default Optional<Pace> pace() {
        return Optional.empty();
    }

    /** Nothing of ALARM waits: what is not journalled may be sent when it is due. */
    default void beat(Instant now) {}

    /** Sent once, without an outcome; lost when the uplink has no connection. */
    default void state(StateMessage message) {}

    /** The outcomes since the last call. */
    List<Outcome> poll();

    @Override
    void close();
}
