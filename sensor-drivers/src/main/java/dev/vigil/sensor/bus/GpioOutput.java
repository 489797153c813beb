package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;

/** A requested output line. Owned by one thread. */
public interface GpioOutput extends AutoCloseable {
    /** Drives the line; it has taken effect when this returns. */
    void set(boolean active) throws BusFault;

    /** Gives the line back. */
    @Override
    void close();
}
