package dev.vigil.sensor;

import java.io.Serial;

/**
 * A sensor could not be read this time: the message names the sensor, what was seen and what was
 * expected.
 */
public sealed class SensorFault extends Exception permits BusFault {
    @Serial private static final long serialVersionUID = 1L;

    public SensorFault(String message) {
        super(message);
    }

    public SensorFault(String message, Throwable cause) {
        super(message, cause);
    }
}
