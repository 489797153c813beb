package dev.vigil.sensor.adxl345;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.ChipSensor;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.I2cChip;
import dev.vigil.sensor.motion.Motion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An ADXL345 (Analog Devices, data sheet rev. G) that measures a hundred times a second into its
 * own queue of 32; a sample empties it. Owned by its bus' thread.
 */
public final class Adxl345 extends ChipSensor {
    public static final List<Measurand> MEASURANDS = Motion.MEASURANDS;

    public static final int ID_REGISTER = 0x00;
    public static final int ID = 0xE5;

    /** Longer, and the queue overflows: what is between two windows is not seen. */
    public static final Duration INTERVAL_MAX = Duration.ofMillis(300);

    /** Full resolution: 256 steps to a g at every range (table 1). */
    static final double SCALE = Motion.G / 256;

    private static final int BW_RATE = 0x2C;
    private static final int POWER_CTL = 0x2D;
    private static final int DATA_FORMAT = 0x31;
    private static final int DATAX0 = 0x32;
    private static final int FIFO_CTL = 0x38;
    private static final int FIFO_STATUS = 0x39;

    private static final int RATE_100_HZ = 0x0A;
    private static final int MEASURE = 0x08;
    private static final int FULL_RESOLUTION_16_G = 0x0B;
    private static final int STREAM = 0x9F;
    private static final int ENTRIES = 0x3F;
    private static final int ENTRIES_MAX = 33; // the queue's and the one in the data registers

    private final I2cChip chip;
    private final double[] window = new double[3 * ENTRIES_MAX];

    public Adxl345(I2cBus bus, int address, Channels channels, Duration interval) {
        super(channels, interval);
        this.chip = new I2cChip(bus, address, "adxl345");
    }

    @Override
    protected List<Reading> measure(Instant now) throws SensorFault {
        int entries = chip.readByte(FIFO_STATUS) & ENTRIES;
        if (entries == 0 || entries > ENTRIES_MAX) {
            throw chip.fault(
                    "%d samples in its queue, expected 1 to %d: it was reset, and is set up anew"
                            .formatted(entries, ENTRIES_MAX));
        }
        for (int i = 0; i < entries; i++) {
            ByteBuffer axes = ByteBuffer.wrap(chip.read(DATAX0, 6)).order(ByteOrder.LITTLE_ENDIAN);
            for (int axis = 0; axis < 3; axis++) {
                window[3 * i + axis] = axes.getShort();
            }
        }
        return readings(now, Quality.GOOD, Motion.of(window, entries, SCALE).values());
    }

    @Override
    protected void setUp(Instant now) throws SensorFault {
        chip.requireId(ID_REGISTER, ID);
        chip.write(DATA_FORMAT, FULL_RESOLUTION_16_G);
        chip.write(BW_RATE, RATE_100_HZ);
        chip.write(FIFO_CTL, STREAM);
        chip.write(POWER_CTL, MEASURE);
    }
}
