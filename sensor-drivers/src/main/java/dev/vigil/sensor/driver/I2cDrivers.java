package dev.vigil.sensor.driver;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.adxl345.Adxl345;
import dev.vigil.sensor.bme280.Bme280;
import dev.vigil.sensor.bus.BigEndian;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.mpu6050.Mpu6050;
import dev.vigil.sensor.scd4x.Scd4x;
import dev.vigil.sensor.sensirion.SensirionWords;
import dev.vigil.sensor.sht3x.Sht3x;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The I2C drivers there are. Stateless. */
public final class I2cDrivers {
    private static final int TRIES_MAX = 50;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration QUARTER = Duration.ofMillis(250);

    public static final List<I2cDriver> ALL =
            List.of(
                    new I2cDriver(
                            "bme280",
                            List.of(0x76, 0x77),
                            I2cDriver.register(Bme280.ID_REGISTER, Bme280.ID),
                            Bme280.MEASURANDS,
                            new I2cDriver.Every(Duration.ofMillis(20), SECOND, DAY),
                            Bme280::new),
                    new I2cDriver(
                            "sht3x",
                            List.of(0x44, 0x45),
                            (bus, address) -> answersAWord(bus, address, 0xF32D),
                            Sht3x.MEASURANDS,
                            new I2cDriver.Every(Sht3x.INTERVAL_MIN, SECOND, DAY),
                            Sht3x::new),
                    new I2cDriver(
                            "scd4x",
                            List.of(0x62),
                            // Whether data are ready, which it tells in every mode (3.8.2).
                            (bus, address) -> answersAWord(bus, address, 0xE4B8),
                            Scd4x.MEASURANDS,
                            new I2cDriver.Every(Scd4x.INTERVAL_MIN, SECOND, DAY),
                            Scd4x::new),
                    new I2cDriver(
                            "adxl345",
                            List.of(0x53, 0x1D),
                            I2cDriver.register(Adxl345.ID_REGISTER, Adxl345.ID),
                            Adxl345.MEASURANDS,
                            new I2cDriver.Every(
                                    Duration.ofMillis(50), QUARTER, Adxl345.INTERVAL_MAX),
                            Adxl345::new),
                    new I2cDriver(
                            "mpu6050",
                            List.of(0x68, 0x69),
                            I2cDriver.register(Mpu6050.ID_REGISTER, Mpu6050.ID),
                            Mpu6050.MEASURANDS,
                            new I2cDriver.Every(
                                    Duration.ofMillis(50), QUARTER, Mpu6050.INTERVAL_MAX),
                            Mpu6050::new));

    private I2cDrivers() {}

    /** The driver a site.yaml names. */
    public static Optional<I2cDriver> named(String word) {
        return ALL.stream().filter(driver -> driver.word().equals(word)).findFirst();
    }

    /** One of Sensirion's: it answers the command with a word whose checksum is right. */
    private static boolean answersAWord(I2cBus bus, int address, int command) throws SensorFault {
        bus.transfer(address, BigEndian.word(command), 0);
        byte[] answer = patiently(bus, address);
        int word = BigEndian.word(answer, 0);
        return SensirionWords.crc(word) == Byte.toUnsignedInt(answer[2]);
    }

    /** The chip takes a millisecond; a try that it does not answer takes a tenth of one. */
    private static byte[] patiently(I2cBus bus, int address) throws BusFault {
        for (int tries = 1; tries < TRIES_MAX; tries++) {
            try {
                return bus.transfer(address, new byte[0], SensirionWords.BYTES);
            } catch (BusFault fault) {
                if (fault.kind() != BusFault.Kind.NO_ANSWER) {
                    throw fault;
                }
            }
        }
        return bus.transfer(address, new byte[0], SensirionWords.BYTES);
    }
}
