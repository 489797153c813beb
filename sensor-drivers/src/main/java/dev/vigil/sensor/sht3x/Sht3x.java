package dev.vigil.sensor.sht3x;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.ChipSensor;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.BigEndian;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.I2cChip;
import dev.vigil.sensor.sensirion.SensirionWords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An SHT30, SHT31 or SHT35 (Sensirion SHT3x-DIS, version 7), measured in single shots: each sample
 * fetches the measurement that the last one began. Owned by its bus' thread. A chip that was reset
 * in between needs no setting up: it has nothing to fetch and does not answer.
 */
public final class Sht3x extends ChipSensor {
    public static final List<Measurand> MEASURANDS =
            List.of(Measurand.of(Quantity.TEMPERATURE), Measurand.of(Quantity.HUMIDITY));

    private static final long INTERVAL_NANOS_MIN = 20_000_000;

    /** A measurement takes 15.5 ms at most (table 4): it is not fetched before. */
    public static final Duration INTERVAL_MIN = Duration.ofNanos(INTERVAL_NANOS_MIN);

    /** High repeatability, no clock stretching (4.3, table 9). */
    private static final byte[] MEASURE = BigEndian.word(0x2400);

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final I2cChip chip;

    /** When the measurement was begun, as numbers: a new object in an old one costs a fence. */
    private long begunSecond;

    private int begunNano;

    public Sht3x(I2cBus bus, int address, Channels channels, Duration interval) {
        super(channels, interval);
        this.chip = new I2cChip(bus, address, "sht3x");
    }

    @Override
    protected void setUp(Instant now) throws SensorFault {
        chip.command(MEASURE);
        begunSecond = now.getEpochSecond();
        begunNano = now.getNano();
    }

    @Override
    protected List<Reading> measure(Instant now) throws SensorFault {
        if (isTooEarly(now)) {
            return List.of();
        }
        Instant measuredAt = Instant.ofEpochSecond(begunSecond, begunNano);
        byte[] answer = chip.answer(2 * SensirionWords.BYTES);
        double celsius = SensirionWords.celsius(SensirionWords.word(answer, 0, chip));
        double humidity = SensirionWords.relativeHumidity(SensirionWords.word(answer, 1, chip));
        setUp(now);
        return readings(measuredAt, Quality.GOOD, celsius, humidity);
    }

    /** In plain numbers: an Instant's arithmetic takes as long as the rest of a sample. */
    private boolean isTooEarly(Instant now) {
        long seconds = now.getEpochSecond() - begunSecond;
        long nanos = seconds * NANOS_PER_SECOND + now.getNano() - begunNano;
        return (seconds == 0 || seconds == 1) && nanos >= 0 && nanos < INTERVAL_NANOS_MIN;
    }
}
