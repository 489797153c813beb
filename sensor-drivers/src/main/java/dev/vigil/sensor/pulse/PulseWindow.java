package dev.vigil.sensor.pulse;

import dev.vigil.sensor.bus.GpioInput;
import java.util.List;

/**
 * What the edges of one line between two moments tell. Immutable; times are the kernel's.
 *
 * @param pulses how often the line became active
 * @param activeNanos for how long it was active
 * @param nanos length of the window
 */
record PulseWindow(long pulses, long activeNanos, long nanos) {
    /**
     * @param activeBefore the line at {@code fromNanos}
     * @param edges oldest first; one that is outside of the window counts as at its border
     */
    static PulseWindow of(
            boolean activeBefore, List<GpioInput.Edge> edges, long fromNanos, long toNanos) {
        boolean active = activeBefore;
        long since = fromNanos;
        long activeNanos = 0;
        long pulses = 0;
        for (GpioInput.Edge edge : edges) {
            long at = Math.clamp(edge.kernelNanos(), since, toNanos);
            if (active) {
                activeNanos += at - since;
            } else if (edge.active()) {
                pulses++;
            }
            active = edge.active();
            since = at;
        }
        if (active) {
            activeNanos += toNanos - since;
        }
        return new PulseWindow(pulses, activeNanos, toNanos - fromNanos);
    }

    /** Pulses a second. */
    double perSecond() {
        return pulses * 1e9 / nanos;
    }

    /** Share of the window in which the line was active: an inductive loop's occupancy. */
    double occupancy() {
        return (double) activeNanos / nanos;
    }
}
