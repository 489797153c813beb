package dev.vigil.sensor.adxl345;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Simulated: the bus, which follows a script of transactions. */
class Adxl345Test implements SensorContract {
    private static final Script SET_UP =
            Script.empty()
                    .i2c(0x53, "00", "E5")
                    .i2c(0x53, "31 0B", "")
                    .i2c(0x53, "2C 0A", "")
                    .i2c(0x53, "38 9F", "")
                    .i2c(0x53, "2D 08", "");

    /** Data sheet rev. G, table 1: 256 steps to a g; x 0, y 0, z 1 g, then 0.5 g more and less. */
    private static final Script SAMPLE =
            Script.empty()
                    .i2c(0x53, "39", "02")
                    .i2c(0x53, "32", "00 00 00 00 80 01")
                    .i2c(0x53, "32", "00 00 00 00 80 00");

    @Override
    public Sensor sensor(Path directory) {
        return driver(
                new AnsweringI2cBus(
                        written ->
                                HexFormat.of()
                                        .parseHex(
                                                switch (written[0]) {
                                                    case 0 -> "E5";
                                                    case 0x39 -> "03";
                                                    default -> "000000000001";
                                                })));
    }

    @Test
    void emptiesTheQueueAndTellsTiltAndVibration() throws SensorFault {
        List<Reading> readings = trial(SET_UP.then(SAMPLE)).readings(2);
        assertEquals(7, readings.size());
        assertEquals(Motion.G, readings.get(2).value(), 1e-9);
        assertEquals(0, readings.get(3).value(), 1e-9);
        assertEquals(Motion.G / 2, readings.get(5).value(), 1e-9);
    }

    @Test
    void beginsAnewAfterAFaultAtAnyTransaction() throws SensorFault {
        DriverTrial.faultAtEachTransaction(SET_UP.then(SAMPLE), 2, Adxl345Test::trial);
    }

    @Test
    void refusesAnotherChip() throws SensorFault {
        SensorFault fault = trial(Script.empty().i2c(0x53, "00", "68")).fault(1);
        assertTrue(
                String.valueOf(fault.getMessage()).contains("its id is 0x68"), fault::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"00", "3F"})
    void aQueueThatIsEmptyOrImpossibleIsAFault(String entries) throws SensorFault {
        SensorFault fault = trial(SET_UP.then(Script.empty().i2c(0x53, "39", entries))).fault(2);
        assertTrue(String.valueOf(fault.getMessage()).contains("set up anew"), fault::getMessage);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.i2c(script, Adxl345Test::driver);
    }

    private static Sensor driver(I2cBus bus) {
        return new Adxl345(
                bus, 0x53, DriverTrial.channels(Adxl345.MEASURANDS), Duration.ofMillis(250));
    }
}
