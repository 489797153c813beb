package dev.vigil.centre.bridge;

import java.util.concurrent.atomic.LongAdder;

/** What a bridge instance has done since it began. Any thread. */
public final class BridgeCounters {
    private final LongAdder blocks = new LongAdder();
    private final LongAdder quarantined = new LongAdder();
    private final LongAdder acknowledgements = new LongAdder();
    private final LongAdder disconnections = new LongAdder();

    void block() {
        blocks.increment();
    }

    void quarantined() {
        quarantined.increment();
    }

    void acknowledgement() {
        acknowledgements.increment();
    }

    void disconnected() {
        disconnections.increment();
    }

    /** Blocks taken from the broker. */
    public long blocks() {
        return blocks.sum();
    }

    public long quarantinedMessages() {
        return quarantined.sum();
    }

    /** Acknowledgements the broker has confirmed. */
    public long acknowledgements() {
        return acknowledgements.sum();
    }

    /** Failed attempts and lost connections. */
    public long disconnections() {
        return disconnections.sum();
    }
}
