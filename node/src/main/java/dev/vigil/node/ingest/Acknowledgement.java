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

    /**
     * The records were judged but could not be kept: the journal is at fault and the queue to it is
     * full. The sender must keep its message and send it again (MQTT: the connection is closed
     * without a PUBACK). Called by the pipeline's thread; must return at once.
     */
    default void refused(String reason) {}
}
