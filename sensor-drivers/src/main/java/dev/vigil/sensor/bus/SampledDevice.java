package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A device whose driver in the kernel measures by itself, as often as its trigger says, and keeps
 * what it measured until it is fetched: an IIO device with a buffer. Owned by the thread of its
 * bus.
 */
public interface SampledDevice extends KernelDevice, AutoCloseable {
    /** Scans that the kernel keeps; what comes when there are so many is lost. */
    int CAPACITY = 1024;

    /** The channel with the kernel's time of a scan, in nanoseconds. */
    String TIME = "in_timestamp";

    /**
     * Sets it up and starts it, anew if it was: these channels, as far as it has them, and the
     * time.
     *
     * @param channels {@code in_accel_x}
     * @throws BusFault REFUSED when somebody else has it or this process may not, GONE when it
     *     isn't there, BROKEN when it has none of these channels, no buffer or no trigger
     */
    ScanLayout start(List<String> channels) throws BusFault;

    /**
     * The scans since the last call, one after the other as {@link #start} said; valid until the
     * next one. Doesn't wait.
     *
     * @throws BusFault GONE when the device has disappeared, BROKEN when it isn't started
     */
    ByteBuffer scans() throws BusFault;

    /** Stops it. */
    @Override
    void close();
}
