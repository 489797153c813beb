package dev.vigil.forward;

import java.util.ArrayDeque;
import java.util.Optional;

/** The blocks of one lane between journal and acknowledgement, in order. Owned by the shipper. */
final class LaneWindow {
    private final ArrayDeque<Sent> blocks = new ArrayDeque<>();
    private long readThrough;
    private long bytes;
    private int inFlight;
    private long inFlightBytes;

    private enum Progress {
        WAITING,
        IN_FLIGHT,
        DELIVERED
    }

    private static final class Sent {
        private final Block block;
        private Progress progress = Progress.WAITING;

        private Sent(Block block) {
            this.block = block;
        }
    }

    LaneWindow(long acknowledged) {
        this.readThrough = acknowledged;
    }

    /** Last sequence that was taken from the journal. */
    long readThrough() {
        return readThrough;
    }

    int size() {
        return blocks.size();
    }

    long bytes() {
        return bytes;
    }

    int inFlight() {
        return inFlight;
    }

    long inFlightBytes() {
        return inFlightBytes;
    }

    void add(Block block) {
        blocks.add(new Sent(block));
        readThrough = block.lastSequence();
        bytes += block.body().length;
    }

    /** The oldest block that has to be sent (again), now counted as in flight. */
    Optional<Block> takeWaiting() {
        if (inFlight == blocks.size()) {
            return Optional.empty();
        }
        for (Sent sent : blocks) {
            if (sent.progress == Progress.WAITING) {
                sent.progress = Progress.IN_FLIGHT;
                inFlight++;
                inFlightBytes += sent.block.body().length;
                return Optional.of(sent.block);
            }
        }
        return Optional.empty();
    }

    /** False when no such block was in flight (an outcome that came twice). */
    boolean settle(Block block, boolean delivered) {
        for (Sent sent : blocks) {
            if (sent.block.firstSequence() == block.firstSequence()) {
                if (sent.progress != Progress.IN_FLIGHT) {
                    return false;
                }
                sent.progress = delivered ? Progress.DELIVERED : Progress.WAITING;
                inFlight--;
                inFlightBytes -= sent.block.body().length;
                return true;
            }
        }
        return false;
    }

    /** Takes off what is delivered without a gap; its last sequence, if there was any. */
    Optional<Long> takeDelivered() {
        Optional<Long> through = Optional.empty();
        Sent head = blocks.peek();
        while (head != null && head.progress == Progress.DELIVERED) {
            blocks.remove();
            bytes -= head.block.body().length;
            through = Optional.of(head.block.lastSequence());
            head = blocks.peek();
        }
        return through;
    }
}
