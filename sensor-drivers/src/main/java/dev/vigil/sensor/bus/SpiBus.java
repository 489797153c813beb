package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;

/**
 * One chip select of an SPI bus, with the mode and speed the site gave it. Owned by the thread of
 * its bus.
 */
public interface SpiBus extends AutoCloseable {
    /** As the site names it: {@code /dev/spidev0.0}. */
    String name();

    /**
     * One transaction while the chip is selected: a byte comes in for each that goes out.
     *
     * @param write at least one byte; to read {@code n} bytes more, {@code n} more bytes of zeros
     * @return as many bytes, a new array
     */
    byte[] transfer(byte[] write) throws BusFault;

    @Override
    void close();
}
