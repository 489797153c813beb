package dev.vigil.node.ingest;

/**
 * What is owed to the sender of an arrival once its records are durable: an MQTT PUBACK, or
 * nothing.
 */
@FunctionalInterface
public interface Acknowledgement {
    /** For senders that asked for none (QoS 0, local sensors). */
    Acknowledgement NONE = () -> {};

    /**
     * The records are fsynced. Called by the committer's thread, in the order of arrival for each
     * sender; must return at once (hand over to the connection's event loop, never write to a
     * socket here).
     */
    void durable();
}
