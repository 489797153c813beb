package dev.vigil.node.ingest;

import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What one message, or one sample of a local sensor, brought. */
public sealed interface Arrival {
    /** When it reached the node. */
    Instant receivedAt();

    Acknowledgement acknowledgement();

    /** Readings to judge and keep; never empty. */
    record Readings(List<Reading> readings, Instant receivedAt, Acknowledgement acknowledgement)
            implements Arrival {}

    /**
     * A message nobody could read. It is kept as a record of its own and acknowledged like any
     * other, so that nothing acknowledged is lost and the centre can see what a sensor sends.
     *
     * @param topic where it came from, {@code reason} names the value and the rule it broke
     * @param payload its first bytes, at most {@link #PAYLOAD_BYTES_MAX}
     * @param payloadLength its whole length, in bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Quarantined(
            String topic,
            String reason,
            byte[] payload,
            int payloadLength,
            Instant receivedAt,
            Acknowledgement acknowledgement)
            implements Arrival {
        public static final int PAYLOAD_BYTES_MAX = 256;
    }

    /**
     * An operator's word on an incident, from the page or the command line.
     *
     * @param incident its id
     */
    record Operator(String incident, Action action, String who, Instant receivedAt)
            implements Arrival {
        /** ISA-18.2: acknowledge an alarm, reset a latched one. */
        public enum Action {
            ACKNOWLEDGE,
            RESET
        }

        @Override
        public Acknowledgement acknowledgement() {
            return Acknowledgement.NONE;
        }
    }

    /** An operator wants to see an output on for so long; no alarm. */
    record OutputTest(String output, Duration length, String who, Instant receivedAt)
            implements Arrival {
        @Override
        public Acknowledgement acknowledgement() {
            return Acknowledgement.NONE;
        }
    }

    /**
     * Something of the node's own does not work: a bus, a sensor on it. Told again while it lasts,
     * at least once in half a minute; it is over when nobody has told of it for a minute.
     *
     * @param subject {@code sensor/hall/callpoint}, {@code bus/i2c-1}
     * @param detail what was seen, for people
     */
    record Trouble(String subject, String detail, Instant receivedAt) implements Arrival {
        @Override
        public Acknowledgement acknowledgement() {
            return Acknowledgement.NONE;
        }
    }

    /**
     * A sensor of the node's own that could not be read.
     *
     * @param channels that have no value, of one sensor
     * @param why what was seen, for people
     */
    record Unreadable(List<SensorChannel> channels, String why, Instant receivedAt)
            implements Arrival {
        @Override
        public Acknowledgement acknowledgement() {
            return Acknowledgement.NONE;
        }
    }

    /** How many journal records it becomes. */
    default int recordCount() {
        return switch (this) {
            case Readings(var readings, _, _) -> readings.size();
            case Quarantined _ -> 1;
            case Operator _, OutputTest _, Trouble _, Unreadable _ -> 0;
        };
    }
}
