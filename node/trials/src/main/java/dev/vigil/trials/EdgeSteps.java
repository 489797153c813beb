package dev.vigil.trials;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Alarms one after the other, each from a silent node with no incident in the hall, and how long
 * they took by the node's own histogram. Owned by the trial's thread.
 */
final class EdgeSteps {
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** The trial has no processor of its own: who looks too early delays what it looks at. */
    private static final long LOOK_NANOS = 5_000_000;

    private static final String HISTOGRAM = "vigil_actuate_latency_seconds";

    private final TrialBoard board;

    EdgeSteps(TrialBoard board) {
        this.board = board;
    }

    void play(BoardNode node, int edges) {
        NodeMetrics before = node.metrics();
        long slowest = 0;
        for (int i = 0; i < edges; i++) {
            LockSupport.parkNanos(SimulatedLine.APART_NANOS);
            long began = System.nanoTime();
            board.callPoint().pull(true);
            while (!board.siren().isHigh()) {
                board.ask(
                        System.nanoTime() - began < BOUND.toNanos(),
                        "edge %d is lost".formatted(i));
                LockSupport.parkNanos(LOOK_NANOS);
            }
            slowest = Math.max(slowest, System.nanoTime() - began);
            board.clear(node);
        }
        BucketCounts counts = BucketCounts.between(before, node.metrics(), HISTOGRAM);
        board.ask(
                counts.count() == edges,
                "%d edges, but the siren was switched on %d times"
                        .formatted(edges, counts.count()));
        board.say(
                "%d edges, 0 lost, none sounded twice; from the kernel's edge to the siren's line: p50 %s, p99 %s, max %s"
                        .formatted(
                                edges,
                                counts.quantile(0.5),
                                counts.quantile(0.99),
                                counts.quantile(1)));
        board.say(
                "within 0.5 ms %.1f %%, within 5 ms %.2f %%; the latest %s, seen from outside every 5 ms"
                        .formatted(
                                100 * counts.within(0.5e-3),
                                100 * counts.within(5e-3),
                                Percentiles.millis(slowest)));
    }
}
