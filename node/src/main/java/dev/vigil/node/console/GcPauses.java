package dev.vigil.node.console;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the garbage collectors' totals after every collection. A thread of its own sleeps until
 * an object that nobody holds has been collected, which every collection of the young generation
 * does: the collectors of a native executable send no notifications, and one way serves both.
 */
@ApplicationScoped
public class GcPauses {
    private final List<Collector> collectors =
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .map(bean -> new Collector(bean, new PauseHistogram()))
                    .toList();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private final Thread thread =
            Thread.ofPlatform().name("gc-pauses").daemon(true).unstarted(this::run);

    /** Held here, or the reference itself would be garbage and never be told of. */
    @SuppressWarnings("UnusedVariable")
    private volatile @Nullable Reference<Object> canary;

    private record Collector(GarbageCollectorMXBean bean, PauseHistogram pauses) {
        void look() {
            pauses.total(bean.getCollectionCount(), bean.getCollectionTime());
        }
    }

    /** One collector's pauses. */
    record Pauses(String collector, PauseHistogram.Snapshot snapshot) {}

    void start() {
        thread.start();
    }

    List<Pauses> now() {
        collectors.forEach(Collector::look);
        return collectors.stream()
                .map(
                        collector ->
                                new Pauses(
                                        collector.bean().getName(), collector.pauses().snapshot()))
                .toList();
    }

    @PreDestroy
    void stop() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                canary = new WeakReference<>(new Object(), collected);
                collected.remove();
                collectors.forEach(Collector::look);
            }
        } catch (InterruptedException _) {
            // stop() was called, nobody waits for this thread
        }
    }
}
