package dev.vigil.node.console;

import jakarta.enterprise.context.ApplicationScoped;

/**
 * The pipeline's latency histograms, exported as {@code vigil_detect_latency_seconds} and {@code
 * vigil_actuate_latency_seconds}. Written by the pipeline's thread, read by the metrics.
 */
@ApplicationScoped
public class Latencies {
    private final LatencyHistogram detect = new LatencyHistogram();
    private final LatencyHistogram actuate = new LatencyHistogram();
    private final LatencyHistogram selfTest = new LatencyHistogram();
    private final LatencyHistogram swap = new LatencyHistogram();

    /** From a reading's arrival at the node to its verdict. */
    public LatencyHistogram detect() {
        return detect;
    }

    /** From a reading's arrival at the node to the output that it switched. */
    public LatencyHistogram actuate() {
        return actuate;
    }

    /** From the reading of a test of itself that the node passed to its outputs. */
    public LatencyHistogram selfTest() {
        return selfTest;
    }

    /** From when a policy's new version was ready until it was in place; the keeper's thread's. */
    public LatencyHistogram swap() {
        return swap;
    }
}
