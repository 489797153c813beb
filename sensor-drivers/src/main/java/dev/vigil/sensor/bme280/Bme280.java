package dev.vigil.sensor.bme280;

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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A BME280 (Bosch BST-BME280-DS002) in normal mode: it measures twice a second by itself, so that a
 * sample is one transaction. Owned by its bus' thread.
 *
 * <p>The first sample, and the first after a fault, sets the chip up and yields nothing. Each
 * sample reads the chip's settings along with the values: after a brown-out it sleeps, and would
 * answer with its last values, or none, for ever.
 */
public final class Bme280 extends ChipSensor {
    public static final List<Measurand> MEASURANDS =
            List.of(
                    Measurand.of(Quantity.TEMPERATURE),
                    Measurand.of(Quantity.PRESSURE),
                    Measurand.of(Quantity.HUMIDITY));

    /** Section 5.4.1. */
    public static final int ID_REGISTER = 0xD0;

    public static final int ID = 0x60;

    private static final int FIRST_CALIBRATION = 0x88;
    private static final int SECOND_CALIBRATION = 0xE1;
    private static final int CTRL_HUM = 0xF2;
    private static final int STATUS = 0xF3;
    private static final int CTRL_MEAS = 0xF4;
    private static final int CONFIG = 0xF5;

    /** Humidity is measured once (5.4.3). */
    private static final int HUMIDITY_ONCE = 0x01;

    /** Temperature and pressure once, normal mode (5.4.5). */
    private static final int NORMAL_MODE = 0x27;

    /** Half a second between measurements, no filter (5.4.6). */
    private static final int STANDBY_500_MS = 0x80;

    /** From {@link #STATUS} to the humidity's low byte at 0xFE. */
    private static final int BURST_BYTES = 12;

    private static final int SKIPPED = 0x80000;
    private static final int SKIPPED_HUMIDITY = 0x8000;

    /** Where the chip measures (table 2). */
    private static final double CELSIUS_MIN = -40;

    private static final double CELSIUS_MAX = 85;

    private final I2cChip chip;
    private @Nullable Bme280Compensation compensation;

    public Bme280(I2cBus bus, int address, Channels channels, Duration interval) {
        super(channels, interval);
        this.chip = new I2cChip(bus, address, "bme280");
    }

    @Override
    protected List<Reading> measure(Instant now) throws SensorFault {
        Bme280Compensation known = Objects.requireNonNull(compensation);
        byte[] burst = chip.read(STATUS, BURST_BYTES);
        chip.requireUnchanged("ctrl_meas", burst[CTRL_MEAS - STATUS] & 0xFF, NORMAL_MODE);
        chip.requireUnchanged("config", burst[CONFIG - STATUS] & 0xFF, STANDBY_500_MS);
        int rawTemperature = twentyBits(burst, 7);
        if (rawTemperature == SKIPPED) {
            throw chip.fault("it has measured no temperature (0x80000)");
        }
        return compensated(now, known, burst, rawTemperature);
    }

    private List<Reading> compensated(
            Instant now, Bme280Compensation known, byte[] burst, int rawTemperature) {
        double fine = known.temperature().fine(rawTemperature);
        double celsius = known.celsius(rawTemperature);
        int rawPressure = twentyBits(burst, 4);
        int rawHumidity = BigEndian.word(burst, 10);
        boolean inRange = celsius >= CELSIUS_MIN && celsius <= CELSIUS_MAX;
        return readings(
                now,
                inRange ? Quality.GOOD : Quality.UNCERTAIN,
                celsius,
                rawPressure == SKIPPED ? Double.NaN : known.pressure().pascal(rawPressure, fine),
                rawHumidity == SKIPPED_HUMIDITY
                        ? Double.NaN
                        : known.humidity().percent(rawHumidity, fine));
    }

    /** Who it is, its parameters, its settings; the last starts it. */
    @Override
    protected void setUp(Instant now) throws SensorFault {
        chip.requireId(ID_REGISTER, ID);
        Bme280Compensation read =
                Bme280Compensation.of(
                        chip.read(FIRST_CALIBRATION, Bme280Compensation.FIRST_BYTES),
                        chip.read(SECOND_CALIBRATION, Bme280Compensation.SECOND_BYTES));
        if (!read.isOfAChip()) {
            throw chip.fault("its trimming parameters are no chip's: " + read.temperature());
        }
        chip.write(CTRL_HUM, HUMIDITY_ONCE);
        chip.write(CONFIG, STANDBY_500_MS);
        chip.write(CTRL_MEAS, NORMAL_MODE);
        compensation = read;
    }

    /** High byte first, the last byte's upper half (5.4.7). */
    private static int twentyBits(byte[] burst, int at) {
        return (BigEndian.word(burst, at) << 4) | (Byte.toUnsignedInt(burst[at + 2]) >> 4);
    }
}
