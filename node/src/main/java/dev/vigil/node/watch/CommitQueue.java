package dev.vigil.node.watch;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;

/** The bounded queue from the pipeline (one thread offers) to the committer (one thread takes). */
final class CommitQueue {
    private final SpscArrayQueue<Commit> queue;
    private final AtomicInteger records = new AtomicInteger();
    private final int recordsMax;
    private volatile @Nullable Thread waiting;

    CommitQueue(int commitsMax, int recordsMax) {
        this.queue = new SpscArrayQueue<>(commitsMax);
        this.recordsMax = recordsMax;
    }

    /** The pipeline's thread: whether one more commit is taken. */
    boolean hasRoom() {
        return records.get() < recordsMax && queue.size() < queue.capacity();
    }

    /** The pipeline's thread, after {@link #hasRoom}. */
    void add(Commit commit) {
        records.addAndGet(commit.recordCount());
        if (!queue.offer(commit)) {
            throw new IllegalStateException(
                    "commit queue took %d commits and is full; hasRoom() must be asked before"
                            .formatted(queue.capacity()));
        }
        // The queue's own stores are only ordered; without this the flag could be read before the
        // commit is seen, and the committer would sleep its whole wait beside it.
        VarHandle.fullFence();
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** The committer's thread: null when nothing waits. */
    @Nullable Commit poll() {
        Commit commit = queue.poll();
        if (commit != null) {
            records.addAndGet(-commit.recordCount());
        }
        return commit;
    }

    /** The committer's thread: returns when something waits, or after {@code nanos}. */
    void await(long nanos) {
        waiting = Thread.currentThread();
        if (queue.isEmpty()) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
    }

    int records() {
        return records.get();
    }
}
