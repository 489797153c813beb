package dev.vigil.sensor.scd4x;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.AnsweringI2cBus;
import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * With the answers of the examples in Sensirion's SCD4x data sheet, version 1.3.
 *
 * <p>Simulated: the bus, which follows a script of transactions.
 */
class Scd4xTest implements SensorContract {
    private static final String SERIAL = "F8 96 31 9F 07 C2 3B BE 89";
    private static final String MEASURED = "01 F4 33 66 67 A2 5E B9 3C";
    private static final Script SET_UP =
            Script.empty()
                    .i2c(0x62, "3F 86", "")
                    .i2c(0x62, "36 82", "")
                    .i2c(0x62, "", SERIAL)
                    .i2c(0x62, "21 B1", "")
                    .i2c(0x62, "E4 B8", "");
    private static final Script NOT_YET =
            Script.empty().i2c(0x62, "", "80 00 A2").i2c(0x62, "E4 B8", "");
    private static final Script READY =
            Script.empty()
                    .i2c(0x62, "", "80 06 04")
                    .i2c(0x62, "EC 05", "")
                    .i2c(0x62, "", MEASURED)
                    .i2c(0x62, "E4 B8", "");

    @Override
    public Sensor sensor(Path directory) {
        byte[][] next = {{}};
        return driver(
                new AnsweringI2cBus(
                        written -> {
                            if (written.length == 0) {
                                return next[0];
                            }
                            next[0] =
                                    HexFormat.ofDelimiter(" ")
                                            .parseHex(
                                                    switch (written[0] & 0xFF) {
                                                        case 0x36 -> SERIAL;
                                                        case 0xE4 -> "80 06 04";
                                                        case 0xEC -> MEASURED;
                                                        default -> "00";
                                                    });
                            return new byte[0];
                        }));
    }

    @Test
    void yieldsTheDataSheetsExampleOnceItIsReady() throws SensorFault {
        List<Reading> readings = trial(SET_UP.then(NOT_YET).then(READY)).readings(7);
        assertEquals(3, readings.size());
        assertEquals(500e-6, readings.get(0).value(), 1e-12);
        assertEquals(25, readings.get(1).value(), 0.005);
        assertEquals(37, readings.get(2).value(), 0.01);
    }

    @Test
    void beginsAnewAfterAFaultAtAnyTransaction() throws SensorFault {
        DriverTrial.faultAtEachTransaction(SET_UP.then(NOT_YET).then(READY), 7, Scd4xTest::trial);
    }

    @Test
    void aWrongChecksumIsAFaultAndNoValue() throws SensorFault {
        Script wrong =
                SET_UP.then(Script.empty().i2c(0x62, "", "80 06 04").i2c(0x62, "EC 05", ""))
                        .then(Script.empty().i2c(0x62, "", "01 F5 33 66 67 A2 5E B9 3C"));
        SensorFault fault = trial(wrong).fault(6);
        assertTrue(String.valueOf(fault.getMessage()).contains("word 0"), fault::getMessage);
    }

    @Test
    void aChipThatNeverMeasuresIsStartedAnew() throws SensorFault {
        Script silent = SET_UP;
        for (int i = 0; i < 30; i++) {
            silent = silent.then(NOT_YET);
        }
        silent = silent.then(Script.empty().i2c(0x62, "", "80 00 A2"));
        SensorFault fault = trial(silent).fault(35);
        assertTrue(
                String.valueOf(fault.getMessage()).contains("has measured nothing"),
                fault::getMessage);
    }

    @Test
    void refusesAnIntervalInWhichTheChipWouldNotAnswer() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new Scd4x(
                                new AnsweringI2cBus(_ -> new byte[0]),
                                0x62,
                                DriverTrial.channels(Scd4x.MEASURANDS),
                                Duration.ofMillis(500)));
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.i2c(script, Scd4xTest::driver);
    }

    private static Sensor driver(I2cBus bus) {
        return new Scd4x(bus, 0x62, DriverTrial.channels(Scd4x.MEASURANDS), Duration.ofSeconds(1));
    }
}
