package dev.vigil.node.watch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/**
 * A platform thread that gives one {@link Turn} its turns and waits when there is nothing to do.
 * The one place that catches everything: a turn that breaks is logged and counted, and the next one
 * is tried after a second.
 */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Worker.class);
    private static final long IDLE_NANOS = 20_000_000;
    private static final long AFTER_FAILURE_NANOS = 1_000_000_000;

    /** What is in hand when it is told to stop is finished, in at most so many turns. */
    private static final int LAST_TURNS_MAX = 1000;

    private final Thread thread;
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean finishing = true;
    private volatile boolean stopping;

    /**
     * Starts it.
     *
     * @param await waits up to so many nanoseconds, less when something comes
     */
    public Worker(String name, InstantSource clock, Turn turn, LongConsumer await) {
        thread =
                Thread.ofPlatform()
                        .name(name)
                        .unstarted(
                                () -> {
                                    while (!stopping) {
                                        pass(clock.instant(), turn, await);
                                    }
                                    for (int i = 0; finishing && i < LAST_TURNS_MAX; i++) {
                                        if (!lastTurn(clock.instant(), turn)) {
                                            break;
                                        }
                                    }
                                });
        thread.start();
    }

    /** Any thread: there may be something to do. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    public long failures() {
        return failures.get();
    }

    // CHECKSTYLE OFF: the one named place in a thread that may catch all
    private void pass(Instant now, Turn turn, LongConsumer await) {
        try {
            if (turn.turn(now) == 0) {
                await.accept(IDLE_NANOS);
            }
        } catch (RuntimeException | Error e) {
            failures.incrementAndGet();
            LOG.errorf(e, "%s failed; it goes on in a second", Thread.currentThread().getName());
            await.accept(AFTER_FAILURE_NANOS);
        }
    }

    private boolean lastTurn(Instant now, Turn turn) {
        try {
            return turn.turn(now) > 0;
        } catch (RuntimeException | Error e) {
            failures.incrementAndGet();
            LOG.errorf(e, "%s failed while it stopped", Thread.currentThread().getName());
            return false;
        }
    }

    // CHECKSTYLE ON

    /** Ends after the turn it is in. */
    public void stop() {
        finishing = false;
        close();
    }

    /** Ends when there is nothing left to do; waits for that up to ten seconds. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            if (!thread.join(Duration.ofSeconds(10))) {
                LOG.errorf("%s did not end within 10 s", thread.getName());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
