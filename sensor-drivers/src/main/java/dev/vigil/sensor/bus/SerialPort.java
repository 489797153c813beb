package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.time.Duration;

/**
 * A serial port, raw (no translation of any byte), with the speed and frame the site gave it. Owned
 * by the thread of its bus.
 */
public interface SerialPort extends AutoCloseable {
    /** As the site names it: {@code /dev/serial0}. */
    String name();

    /**
     * What has arrived, as it was received: bytes of a frame may come in several pieces.
     *
     * @param lengthMax at most so many bytes
     * @param wait how long to wait for the first byte; zero: only what is there already
     * @return 0 to {@code lengthMax} bytes, a new array; empty when nothing came
     */
    byte[] read(int lengthMax, Duration wait) throws BusFault;

    /** Writes all of it. */
    void write(byte[] bytes) throws BusFault;

    /** Forgets what has arrived and was not read, as before a new request. */
    void discardInput() throws BusFault;

    @Override
    void close();
}
