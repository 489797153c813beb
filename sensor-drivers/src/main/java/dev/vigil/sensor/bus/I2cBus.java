package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;

/**
 * An I2C bus (NXP UM10204). Owned by the thread of that bus, which all drivers on it share: a
 * driver must not assume that it is alone, only that one {@link #transfer} is not divided.
 */
public interface I2cBus extends AutoCloseable {
    /** Seven-bit addresses that a device can have; the others are reserved (UM10204, 3.1.12). */
    int ADDRESS_MIN = 0x08;

    int ADDRESS_MAX = 0x77;

    /** As the site names it: {@code /dev/i2c-1}. */
    String name();

    /**
     * One transaction: writes {@code write}, then, after a repeated start, reads.
     *
     * @param address seven bits, {@link #ADDRESS_MIN} to {@link #ADDRESS_MAX}
     * @param write what is written; empty to read only
     * @param readLength bytes to read, 0 to write only; on an adapter that only speaks SMBus at
     *     most 32
     * @return exactly {@code readLength} bytes, a new array
     * @throws BusFault NO_ANSWER when nothing acknowledges the address
     */
    byte[] transfer(int address, byte[] write, int readLength) throws BusFault;

    @Override
    void close();
}
