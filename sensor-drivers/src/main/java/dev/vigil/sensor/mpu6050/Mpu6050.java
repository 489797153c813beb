package dev.vigil.sensor.mpu6050;

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
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An MPU-6050 (InvenSense, register map RM-MPU-6000A-00, rev. 4.2) whose accelerometer measures a
 * hundred times a second into the chip's queue; a sample empties it. Owned by its bus' thread.
 */
public final class Mpu6050 extends ChipSensor {
    public static final List<Measurand> MEASURANDS = Motion.MEASURANDS;

    public static final int ID_REGISTER = 0x75;
    public static final int ID = 0x68;

    /** Longer, and the queue of 1024 bytes overflows. */
    public static final Duration INTERVAL_MAX = Duration.ofSeconds(1);

    /** Range of 4 g: 8192 steps to a g (4.17). */
    static final double SCALE = Motion.G / 8192;

    private static final int SMPLRT_DIV = 0x19;
    private static final int CONFIG = 0x1A;
    private static final int ACCEL_CONFIG = 0x1C;
    private static final int FIFO_EN = 0x23;
    private static final int USER_CTRL = 0x6A;
    private static final int PWR_MGMT_1 = 0x6B;
    private static final int FIFO_COUNT = 0x72;
    private static final int FIFO_R_W = 0x74;

    private static final int CLOCK_OF_GYRO = 0x01;
    private static final int FILTER_44_HZ = 0x03;
    private static final int A_TENTH_OF_1_KHZ = 9;
    private static final int RANGE_4_G = 0x08;
    private static final int ACCELEROMETER = 0x08;
    private static final int QUEUE_ON_AND_EMPTY = 0x44;

    private static final int BYTES = 6;
    private static final int QUEUE_BYTES = 1024;
    private static final int SAMPLES_MAX = QUEUE_BYTES / BYTES;

    /** At most 30 bytes at once: an adapter that speaks SMBus only reads 32. */
    private static final int SAMPLES_AT_ONCE = 5;

    private final I2cChip chip;
    private final double[] window = new double[3 * SAMPLES_MAX];

    public Mpu6050(I2cBus bus, int address, Channels channels, Duration interval) {
        super(channels, interval);
        this.chip = new I2cChip(bus, address, "mpu6050");
    }

    @Override
    protected List<Reading> measure(Instant now) throws SensorFault {
        int bytes = chip.readWord(FIFO_COUNT);
        if (bytes < BYTES) {
            throw chip.fault("its queue is empty: it was reset, and is set up anew");
        }
        if (bytes >= QUEUE_BYTES) {
            chip.write(USER_CTRL, QUEUE_ON_AND_EMPTY); // an overflow breaks the order of the axes
            return List.of();
        }
        int samples = bytes / BYTES;
        for (int done = 0; done < samples; done += SAMPLES_AT_ONCE) {
            int some = Math.min(SAMPLES_AT_ONCE, samples - done);
            ByteBuffer queue = ByteBuffer.wrap(chip.read(FIFO_R_W, some * BYTES));
            for (int number = 3 * done; queue.hasRemaining(); number++) {
                window[number] = queue.getShort();
            }
        }
        return readings(now, Quality.GOOD, Motion.of(window, samples, SCALE).values());
    }

    @Override
    protected void setUp(Instant now) throws SensorFault {
        chip.requireId(ID_REGISTER, ID);
        chip.write(PWR_MGMT_1, CLOCK_OF_GYRO);
        chip.write(CONFIG, FILTER_44_HZ);
        chip.write(SMPLRT_DIV, A_TENTH_OF_1_KHZ);
        chip.write(ACCEL_CONFIG, RANGE_4_G);
        chip.write(FIFO_EN, ACCELEROMETER);
        chip.write(USER_CTRL, QUEUE_ON_AND_EMPTY);
    }
}
