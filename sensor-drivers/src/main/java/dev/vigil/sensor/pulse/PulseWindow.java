package dev.vigil.sensor.pulse;

import dev.vigil.sensor.bus.GpioInput;

/**
 * What the edges of one line between two moments tell. Immutable; times are the kernel's.
 *
 * @param fromNanos when it begins
 * @param toNanos how far it has been looked at
 * @param pulses how often the line became active
 * @param activeNanos for how long it was active
 * @param isWhole no edge of it was lost
 */
record PulseWindow(long fromNanos, long toNanos, long pulses, long activeNanos, boolean isWhole) {
    static PulseWindow begin(long nanos) {
        return new PulseWindow(nanos, nanos, 0, 0, true);
    }

    /**
     * Looked at until {@code untilNanos}.
     *
     * @param activeBefore the line at {@link #toNanos}
     * @param edges since then, oldest first; one that is outside counts as at the border
     */
    PulseWindow and(boolean activeBefore, GpioInput.Edges edges, long untilNanos) {
        boolean active = activeBefore;
        long end = Math.max(toNanos, untilNanos);
        long since = toNanos;
        long nanos = activeNanos;
        long count = pulses;
        for (GpioInput.Edge edge : edges.list()) {
            long at = Math.clamp(edge.kernelNanos(), since, end);
            if (active) {
                nanos += at - since;
            }
            // Whatever the line was taken for before: it was asked after this edge, perhaps.
            if (edge.active()) {
                count++;
            }
            active = edge.active();
            since = at;
        }
        if (active) {
            nanos += end - since;
        }
        return new PulseWindow(fromNanos, end, count, nanos, isWhole && edges.lost() == 0);
    }

    long nanos() {
        return toNanos - fromNanos;
    }

    /** Pulses a second. */
    double perSecond() {
        return pulses * 1e9 / nanos();
    }

    /** Share of the window in which the line was active: an inductive loop's occupancy. */
    double occupancy() {
        return (double) activeNanos / nanos();
    }
}
