package dev.vigil.node.ingest;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between everything that receives and the pipeline. Any thread offers; one
 * thread drains and waits.
 *
 * <p>When it is full, {@link #offer} says so and the receiver does its named, counted thing: the
 * listener stops reading from its connections, a local sensor's sample is dropped and counted.
 */
public final class Inbox {
    private final MpscArrayQueue<Arrival> queue;
    private final AtomicLong refused = new AtomicLong();
    private volatile @Nullable Thread waiting;

    public Inbox(int capacity) {
        queue = new MpscArrayQueue<>(capacity);
    }

    /** Any thread. False when full: the arrival was not taken. */
    public boolean offer(Arrival arrival) {
        if (!queue.offer(arrival)) {
            refused.incrementAndGet();
            return false;
        }
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /**
     * The pipeline's thread: moves at most {@code max} arrivals to {@code into}, without waiting.
     */
    public int drain(List<Arrival> into, int max) {
        return queue.drain(into::add, max);
    }

    /**
     * The pipeline's thread: returns when something waits, or after {@code nanos}, or early for no
     * reason.
     */
    public void await(long nanos) {
        waiting = Thread.currentThread();
        if (queue.isEmpty()) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
    }

    /** Any thread; a moment's picture. */
    public int size() {
        return queue.size();
    }

    public int capacity() {
        return queue.capacity();
    }

    /** Arrivals refused because it was full, since the start. */
    public long refusedTotal() {
        return refused.get();
    }
}
