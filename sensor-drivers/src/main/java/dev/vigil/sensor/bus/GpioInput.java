package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.util.List;

/** A requested input line. Owned by its chip's thread. */
public interface GpioInput {
    /** Asks the line: true when it is active (active-low is taken into account). */
    boolean active() throws BusFault;

    /**
     * The edges since the last call, without waiting. Where the chip is waited for ({@link
     * GpioChip#await}), those the last wait saw: what comes later ends the next one at once.
     */
    Edges edges() throws BusFault;

    /**
     * A change of the line.
     *
     * @param active what it became
     * @param kernelNanos when the kernel saw it: CLOCK_MONOTONIC, that is {@link System#nanoTime}
     * @param number of the edge on this line, from 1; the kernel counts those it drops too
     */
    record Edge(boolean active, long kernelNanos, long number) {}

    /**
     * What happened to the line since it was asked last.
     *
     * @param list oldest first
     * @param lost edges that the kernel saw but had no room to keep, which the numbers tell, and
     *     those that were too fast for it, which is seen where the line became what it was already
     * @param active what the line is now: as of the last edge, or, when edges were lost, as asked
     *     anew
     */
    record Edges(List<Edge> list, long lost, boolean active) {
        public Edges {
            list = List.copyOf(list);
        }
    }
}
