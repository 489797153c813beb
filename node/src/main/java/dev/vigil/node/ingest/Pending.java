package dev.vigil.node.ingest;

/**
 * A message of a connection that is not yet durable. The event loop makes it and sends its PUBACK;
 * the committer's thread says that it is durable.
 */
final class Pending implements Acknowledgement {
    /** Packet identifiers begin at 1 (MQTT 2.2.1). */
    static final int NO_PACKET_ID = 0;

    private final Uptake uptake;
    private final int packetId;
    private int records;
    private volatile boolean durable;

    /**
     * @param packetId {@link #NO_PACKET_ID} when no PUBACK is owed (QoS 0)
     */
    Pending(Uptake uptake, int packetId) {
        this.uptake = uptake;
        this.packetId = packetId;
    }

    int packetId() {
        return packetId;
    }

    /** Event loop, before it is offered: how many journal records it stands for. */
    void holds(int recordCount) {
        records = recordCount;
    }

    /** Event loop: nothing needs to be kept of it. */
    void nothingToKeep() {
        durable = true;
    }

    boolean isDurable() {
        return durable;
    }

    @Override
    public void durable() {
        durable = true;
        uptake.durable(records, packetId != NO_PACKET_ID);
    }

    /** The pipeline's thread. No PUBACK: the sender has it and sends it again. */
    @Override
    public void refused(String reason) {
        uptake.refused(records, packetId != NO_PACKET_ID, reason);
    }
}
