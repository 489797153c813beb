package dev.vigil.node;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Holds Quarkus up until the node has been taken apart. Told to end (SIGTERM), Quarkus stops itself
 * on a thread of its own, and with that the process, while the node still writes the last states of
 * its policies on the main thread. Any thread.
 */
@ApplicationScoped
class Ending {
    private static final Logger LOG = Logger.getLogger(Ending.class);

    /** What the node's threads may take together, and a little more. */
    private static final long SECONDS_MAX = 45;

    private volatile CountDownLatch running = new CountDownLatch(0);

    /** From now on there is something to wait for. */
    void begun() {
        running = new CountDownLatch(1);
    }

    void ended() {
        running.countDown();
    }

    void hold(@Observes ShutdownEvent stopping) {
        try {
            if (!running.await(SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.errorf("the node did not end within %d s", SECONDS_MAX);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
