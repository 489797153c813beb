package dev.vigil.sensor.sht3x;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.sensirion.SensirionWords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An SHT30, SHT31 or SHT35 (Sensirion SHT3x-DIS, version 7), measured in single shots: each sample
 * fetches the measurement that the last one began. Owned by its bus' thread. A chip that was reset
 * in between needs no setting up: it has nothing to fetch and does not answer.
 */
public final class Sht3x implements Sensor {
    public static final List<Measurand> MEASURANDS =
            List.of(Measurand.of(Quantity.TEMPERATURE), Measurand.of(Quantity.HUMIDITY));

    private static final long INTERVAL_NANOS_MIN = 20_000_000;

    /** A measurement takes 15.5 ms at most (table 4): it is not fetched before. */
    public static final Duration INTERVAL_MIN = Duration.ofNanos(INTERVAL_NANOS_MIN);

    /** High repeatability, no clock stretching (4.3, table 9). */
    private static final byte[] MEASURE = SensirionWords.command(0x2400);

    private static final byte[] NOTHING = {};
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final I2cBus bus;
    private final int address;

    /** For faults; made once, because making it takes longer than a sample. */
    private final String who;

    private final Channels channels;
    private final Duration interval;
    private @Nullable Instant begunAt;

    public Sht3x(I2cBus bus, int address, Channels channels, Duration interval) {
        this.bus = bus;
        this.address = address;
        this.who = "sht3x at 0x%02X on %s".formatted(address, bus.name());
        this.channels = channels;
        this.interval = interval;
    }

    @Override
    public List<SensorChannel> channels() {
        return channels.list();
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        Instant measuredAt = begunAt;
        if (measuredAt != null && isTooEarly(measuredAt, now)) {
            return List.of();
        }
        begunAt = null;
        List<Reading> readings = measuredAt == null ? List.of() : fetch(measuredAt);
        bus.transfer(address, MEASURE, 0);
        begunAt = now;
        return readings;
    }

    /** In plain numbers: an Instant's arithmetic takes as long as the rest of a sample. */
    private static boolean isTooEarly(Instant begun, Instant now) {
        long seconds = now.getEpochSecond() - begun.getEpochSecond();
        return (seconds == 0 || seconds == 1)
                && seconds * NANOS_PER_SECOND + now.getNano() - begun.getNano() < INTERVAL_NANOS_MIN
                && !now.isBefore(begun);
    }

    private List<Reading> fetch(Instant measuredAt) throws SensorFault {
        byte[] answer = bus.transfer(address, NOTHING, 2 * SensirionWords.BYTES);
        double celsius = SensirionWords.celsius(SensirionWords.word(answer, 0, who));
        double humidity = SensirionWords.relativeHumidity(SensirionWords.word(answer, 1, who));
        return channels.readings(measuredAt, Quality.GOOD, celsius, humidity);
    }

    @Override
    public void close() {}
}
