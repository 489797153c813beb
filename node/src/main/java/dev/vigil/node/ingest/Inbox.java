package dev.vigil.node.ingest;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final int recordsMax;
    private final AtomicInteger records = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private volatile @Nullable Thread waiting;

    /** Bounded in messages and, because one message may hold thousands of records, in records. */
    public Inbox(int arrivalsMax, int recordsMax) {
        this.queue = new MpscArrayQueue<>(arrivalsMax);
        this.recordsMax = recordsMax;
    }

    /** Any thread. False when full: the arrival was not taken. */
    public boolean offer(Arrival arrival) {
        if (records.get() >= recordsMax || !queue.offer(arrival)) {
            refused.incrementAndGet();
            return false;
        }
        records.addAndGet(arrival.recordCount());
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /**
     * The pipeline's thread: moves arrivals to {@code into} until they hold {@code recordsMax}
     * records; never waits.
     */
    public int drain(List<Arrival> into, int recordsMax) {
        int moved = 0;
        while (moved < recordsMax) {
            Arrival arrival = queue.poll();
            if (arrival == null) {
                break;
            }
            into.add(arrival);
            moved += Math.max(1, arrival.recordCount());
            records.addAndGet(-arrival.recordCount());
        }
        return moved;
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

    /** Any thread; a moment's picture: would an offer be refused. */
    public boolean isFull() {
        return records.get() >= recordsMax || queue.size() >= queue.capacity();
    }

    /** Any thread; a moment's picture, in messages. */
    public int size() {
        return queue.size();
    }

    public int capacity() {
        return queue.capacity();
    }

    /** Offers refused because it was full, since the start. */
    public long refusedTotal() {
        return refused.get();
    }
}
