package dev.vigil.trials;

import dev.vigil.forward.KafkaBroker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Everything a command has started, ended in reverse order: at its end, or when somebody presses
 * Ctrl-C. Any thread; ending twice is ending once.
 */
final class Started implements AutoCloseable {
    private final Deque<Runnable> endings = new ArrayDeque<>();
    private boolean ended;

    /** From now on this JVM's end ends what was started, too. */
    static Started endingWithThisProcess() {
        Started started = new Started();
        Runtime.getRuntime().addShutdownHook(new Thread(started::close, "end-what-was-started"));
        return started;
    }

    KafkaBroker add(KafkaBroker broker) {
        add(broker::stop);
        return broker;
    }

    /**
     * Starts a node while nothing can be ended, so that there is no moment in which it runs and
     * nobody knows.
     */
    synchronized NodeProcess node(Supplier<NodeProcess> start) {
        if (ended) {
            throw new TrialFailure("not started: everything is being ended");
        }
        NodeProcess node = start.get();
        endings.push(node::close);
        return node;
    }

    // The shutdown hook runs on a thread of its own while the main thread may still be starting
    // things.
    private synchronized void add(Runnable ending) {
        if (ended) {
            ending.run();
            throw new TrialFailure("started while everything was being ended");
        }
        endings.push(ending);
    }

    @Override
    public synchronized void close() {
        ended = true;
        while (!endings.isEmpty()) {
            endings.pop().run();
        }
    }
}
