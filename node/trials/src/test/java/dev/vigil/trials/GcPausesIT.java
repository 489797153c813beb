package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Pauses for garbage collection are counted while they happen, on a JVM and natively. */
class GcPausesIT {
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final String PAUSES = "vigil_gc_pause_seconds";

    @Test
    void underLoadEveryCollectionIsInTheHistogram() throws Exception {
        Workplace place = Workplace.fresh("gc-pauses");
        TrialSite site = BenchRun.plan(true).write(place);
        try (NodeProcess node =
                        NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                                .awaitReady(BOUND);
                Load _ = Load.flatOut(site.mqttPort(), 2, 500)) {
            Waiting.require(
                    BOUND,
                    () -> metrics(node).sum(PAUSES + "_count", "") >= 5,
                    () -> "no collection is counted:\n" + node.logTail(20));

            NodeMetrics metrics = metrics(node);
            double count = metrics.sum(PAUSES + "_count", "");
            double inBuckets = metrics.sum(PAUSES + "_bucket", "le=\"+Inf\"");
            double longest = metrics.most("vigil_gc_pause_longest_seconds");
            assertEquals(count, inBuckets);
            assertTrue(
                    longest <= metrics.sum(PAUSES + "_sum", ""),
                    () -> "longest " + longest + " s of all pauses together");
        }
    }

    private static NodeMetrics metrics(NodeProcess node) {
        try {
            return NodeMetrics.of(node);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
