package dev.vigil.sensor;

import java.io.Serial;

/**
 * A bus did not do what a driver asked of it; the message names the bus, the device on it, what was
 * tried and what the kernel answered. A driver lets it pass: it is a {@link SensorFault} already.
 */
public final class BusFault extends SensorFault {
    @Serial private static final long serialVersionUID = 1L;

    /** What a driver or a bus' thread can do about it. */
    public enum Kind {
        /** Nothing answered at that address: the chip isn't there, or is off. */
        NO_ANSWER,
        /** It did not answer in time: the bus or the chip hangs. */
        TIMEOUT,
        /** The device node isn't there, or no longer. */
        GONE,
        /** Something else is using the line or port, or this process may not. */
        REFUSED,
        /** Anything else: electrical trouble, a transaction the adapter can't do. */
        BROKEN
    }

    private final Kind kind;

    public BusFault(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
