package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * An uplink that carries so many bytes a second, one block after the other, and answers when a
 * block is through. Owned by the test's thread; set {@link #at} before each turn.
 */
final class ThinLink implements Uplink {
    private static final int OVERHEAD_BYTES = 500;

    private record OnItsWay(Block block, Instant through, int bytes) {}

    private final int bytesPerSecond;
    private final ArrayDeque<OnItsWay> queue = new ArrayDeque<>();
    private Instant now;
    private Instant free;
    private long bytes;
    private long records;
    private long mostQueued;

    ThinLink(int bytesPerSecond, Instant now) {
        this.bytesPerSecond = bytesPerSecond;
        this.now = now;
        this.free = now;
    }

    void at(Instant instant) {
        now = instant;
    }

    /** Carried, with what is around the blocks. */
    long bytes() {
        return bytes;
    }

    long records() {
        return records;
    }

    /** Bytes that waited to be carried, at the worst moment. */
    long mostQueued() {
        return mostQueued;
    }

    @Override
    public String name() {
        return "thin";
    }

    @Override
    public void send(Block block, Waybill waybill) {
        int size = block.body().length + OVERHEAD_BYTES;
        Instant start = free.isBefore(now) ? now : free;
        free = start.plus(lasts(size));
        queue.add(new OnItsWay(block, free, size));
        mostQueued = Math.max(mostQueued, queue.stream().mapToLong(OnItsWay::bytes).sum());
    }

    @Override
    public void state(StateMessage message) {
        int size = message.body().length + OVERHEAD_BYTES;
        free = (free.isBefore(now) ? now : free).plus(lasts(size));
        bytes += size;
    }

    @Override
    public List<Outcome> poll() {
        var outcomes = new ArrayList<Outcome>();
        while (!queue.isEmpty() && !queue.peek().through().isAfter(now)) {
            OnItsWay arrived = queue.remove();
            bytes += arrived.bytes();
            records += arrived.block().recordCount();
            outcomes.add(new Outcome(arrived.block(), new Delivery.Delivered()));
        }
        return outcomes;
    }

    private Duration lasts(int size) {
        return Duration.ofNanos(size * 1_000_000_000L / bytesPerSecond);
    }

    @Override
    public void close() {
        queue.clear();
    }
}
