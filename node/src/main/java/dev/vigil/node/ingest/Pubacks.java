package dev.vigil.node.ingest;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The way of acknowledgements from the committer's thread to the event loop: any thread puts
 * connections in, the event loop takes them all out at once. However many messages a block makes
 * durable, the event loop is woken once, and each connection is in here at most once, which is its
 * bound.
 */
final class Pubacks {
    private final Executor eventLoop;
    private final AtomicReference<@Nullable Uptake> first = new AtomicReference<>();
    private final AtomicBoolean woken = new AtomicBoolean();

    Pubacks(Executor eventLoop) {
        this.eventLoop = eventLoop;
    }

    /** Any thread; the caller has seen to it that {@code uptake} is not in here already. */
    void add(Uptake uptake) {
        Uptake next = first.get();
        uptake.nextReady = next;
        while (!first.compareAndSet(next, uptake)) {
            next = first.get();
            uptake.nextReady = next;
        }
        if (!woken.get() && woken.compareAndSet(false, true)) {
            eventLoop.execute(this::send);
        }
    }

    private void send() {
        woken.set(false);
        Uptake uptake = first.getAndSet(null);
        while (uptake != null) {
            Uptake next = uptake.nextReady;
            uptake.nextReady = null;
            uptake.taken();
            uptake = next;
        }
    }
}
