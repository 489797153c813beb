package dev.vigil.node.watch;

import dev.vigil.policy.Batch;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of what the pipeline judges, for a policy that runs beside it. The pipeline's
 * thread offers, one other thread takes. What does not fit is left out, and the follower is behind
 * for good: {@link #lost}.
 */
public final class Follower {
    private static final int READINGS_MAX = 400_000;
    private static final int STEPS_MAX = 100_000;

    /**
     * What happened.
     *
     * @param tick the time was told after the batch
     */
    public record Step(Batch batch, boolean tick) {}

    private final ConcurrentLinkedQueue<Step> steps = new ConcurrentLinkedQueue<>();
    private final AtomicLong readings = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    void offer(Step step) {
        int count = step.batch().readings().size();
        if (lost.get() > 0 || readings.get() + count > READINGS_MAX || waiting.get() >= STEPS_MAX) {
            lost.addAndGet(Math.max(1, count));
            return;
        }
        readings.addAndGet(count);
        waiting.incrementAndGet();
        steps.add(step);
    }

    /** Null when it has caught up. */
    public @Nullable Step poll() {
        Step step = steps.poll();
        if (step != null) {
            readings.addAndGet(-step.batch().readings().size());
            waiting.decrementAndGet();
        }
        return step;
    }

    /** Readings that are to be judged yet. */
    public long behind() {
        return readings.get();
    }

    /** Readings that were left out: from the first on, nothing more was taken. */
    public long lost() {
        return lost.get();
    }
}
