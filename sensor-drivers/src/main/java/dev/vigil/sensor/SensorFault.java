package dev.vigil.sensor;

import java.io.Serial;
import java.util.List;

/**
 * A sensor could not be read this time: the message names the sensor, what was seen and what was
 * expected.
 */
@SuppressWarnings("serial") // never serialized: channels are for who catches it
public sealed class SensorFault extends Exception permits BusFault {
    @Serial private static final long serialVersionUID = 1L;

    private final List<SensorChannel> channels;

    public SensorFault(String message) {
        super(message);
        this.channels = List.of();
    }

    public SensorFault(String message, Throwable cause) {
        super(message, cause);
        this.channels = List.of();
    }

    /** Of one channel of several: what is behind the others is well. */
    public SensorFault(SensorChannel channel, String message) {
        super(message);
        this.channels = List.of(channel);
    }

    /** The channels it concerns; empty for all of the sensor. */
    public List<SensorChannel> channels() {
        return channels;
    }
}
