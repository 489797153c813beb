package dev.vigil.sensor.pi4j;

import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.DigitalStateChangeEvent;

/** A change of an input, with what Pi4J's own event has no place for. Immutable. */
public final class EdgeEvent extends DigitalStateChangeEvent<DigitalInput> {
    private final long kernelNanos;
    private final long lost;

    EdgeEvent(DigitalInput source, DigitalState state, long kernelNanos, long lost) {
        super(source, state);
        this.kernelNanos = kernelNanos;
        this.lost = lost;
    }

    /** When the kernel saw it: the clock of {@link System#nanoTime}. */
    public long kernelNanos() {
        return kernelNanos;
    }

    /** Edges before this one that the kernel had no room for. */
    public long lost() {
        return lost;
    }
}
