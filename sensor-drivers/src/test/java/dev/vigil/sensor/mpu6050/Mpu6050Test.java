package dev.vigil.sensor.mpu6050;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.AnsweringI2cBus;
import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.Script;
import dev.vigil.sensor.motion.Motion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Simulated: the bus, which follows a script of transactions. */
class Mpu6050Test implements SensorContract {
    private static final String ONE_G = "00 00 00 00 20 00";
    private static final Script SET_UP =
            Script.empty()
                    .i2c(0x68, "75", "68")
                    .i2c(0x68, "6B 01", "")
                    .i2c(0x68, "1A 03", "")
                    .i2c(0x68, "19 09", "")
                    .i2c(0x68, "1C 08", "")
                    .i2c(0x68, "23 08", "")
                    .i2c(0x68, "6A 44", "");

    /** Seven samples and a part of the eighth: five are read at once. */
    private static final Script SAMPLE =
            Script.empty()
                    .i2c(0x68, "72", "00 2C")
                    .i2c(0x68, "74", (ONE_G + " ").repeat(5).strip())
                    .i2c(0x68, "74", (ONE_G + " ").repeat(2).strip());

    @Override
    public Sensor sensor(Path directory) {
        return driver(
                new AnsweringI2cBus(
                        written ->
                                HexFormat.of()
                                        .parseHex(
                                                switch (written[0]) {
                                                    case 0x75 -> "68";
                                                    case 0x72 -> "0006";
                                                    default -> "000000002000";
                                                })));
    }

    @Test
    void readsWholeSamplesOfItsQueueOnly() throws SensorFault {
        List<Reading> readings = trial(SET_UP.then(SAMPLE)).readings(2);
        assertEquals(Motion.G, readings.get(2).value(), 1e-9);
        assertEquals(0, readings.get(5).value(), 1e-9);
    }

    @Test
    void beginsAnewAfterAFaultAtAnyTransaction() throws SensorFault {
        DriverTrial.faultAtEachTransaction(SET_UP.then(SAMPLE), 2, Mpu6050Test::trial);
    }

    @Test
    void refusesAnotherChip() throws SensorFault {
        SensorFault fault = trial(Script.empty().i2c(0x68, "75", "98")).fault(1);
        assertTrue(
                String.valueOf(fault.getMessage()).contains("its id is 0x98"), fault::getMessage);
    }

    @Test
    void anOverflowedQueueIsEmptiedAndNotRead() throws SensorFault {
        Script overflow =
                Script.empty().i2c(0x68, "72", "04 00").i2c(0x68, "6A 44", "").then(SAMPLE);
        assertEquals(7, trial(SET_UP.then(overflow)).readings(3).size());
    }

    @Test
    void anEmptyQueueIsAFault() throws SensorFault {
        SensorFault fault = trial(SET_UP.then(Script.empty().i2c(0x68, "72", "00 00"))).fault(2);
        assertTrue(String.valueOf(fault.getMessage()).contains("is empty"), fault::getMessage);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.i2c(script, Mpu6050Test::driver);
    }

    private static Sensor driver(I2cBus bus) {
        return new Mpu6050(
                bus, 0x68, DriverTrial.channels(Mpu6050.MEASURANDS), Duration.ofMillis(250));
    }
}
