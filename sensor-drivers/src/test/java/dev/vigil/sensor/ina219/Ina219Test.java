package dev.vigil.sensor.ina219;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.AnsweringI2cBus;
import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Quality;
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
 * SBOS448G, 8.5.2 and table 8: a shunt of 2 milliohm, steps of 1 mA, 11.98 V, 10 A.
 *
 * <p>Simulated: the bus, which follows a script of transactions.
 */
class Ina219Test implements SensorContract {
    private static final double SHUNT_OHM = 0.002;
    private static final double AMPERE_MAX = 32.768;
    private static final Script SET_UP =
            Script.empty()
                    .i2c(0x40, "00 3F FF", "")
                    .i2c(0x40, "05 50 00", "")
                    .i2c(0x40, "00", "3F FF");
    private static final Script EXAMPLE = sample("5D 98", "27 10", "50 00");

    @Override
    public Sensor sensor(Path directory) {
        HexFormat hex = HexFormat.of();
        return driver(
                new AnsweringI2cBus(
                        written ->
                                switch (written[0]) {
                                    case 0 -> hex.parseHex("3FFF");
                                    case 2 -> hex.parseHex("5D98");
                                    case 4 -> hex.parseHex("2710");
                                    default -> hex.parseHex("5000");
                                }));
    }

    @Test
    void calibratesAsTheDataSheetsExample() {
        assertEquals(20_480, new Ina219Scale(SHUNT_OHM, AMPERE_MAX).calibration());
    }

    @Test
    void yieldsTheDataSheetsExample() throws SensorFault {
        List<Reading> readings = trial(SET_UP.then(EXAMPLE)).readings(2);
        assertEquals(11.98, readings.get(0).value(), 1e-9);
        assertEquals(10, readings.get(1).value(), 1e-9);
    }

    @Test
    void aCurrentThatFlowsBackIsNegative() throws SensorFault {
        List<Reading> readings = trial(SET_UP.then(sample("5D 98", "FF 9C", "50 00"))).readings(2);
        assertEquals(-0.1, readings.get(1).value(), 1e-9);
    }

    @Test
    void beginsAnewAfterAFaultAtAnyTransaction() throws SensorFault {
        DriverTrial.faultAtEachTransaction(SET_UP.then(EXAMPLE), 2, Ina219Test::trial);
    }

    @Test
    void aLostCalibrationIsAFaultAndNotZeroAmpere() throws SensorFault {
        SensorFault fault = trial(SET_UP.then(sample("5D 98", "00 00", "00 00"))).fault(2);
        assertTrue(String.valueOf(fault.getMessage()).contains("was reset"), fault::getMessage);
    }

    @Test
    void anotherChipDoesNotKeepTheConfiguration() throws SensorFault {
        SensorFault fault =
                trial(
                                Script.empty()
                                        .i2c(0x40, "00 3F FF", "")
                                        .i2c(0x40, "05 50 00", "")
                                        .i2c(0x40, "00", "61 27"))
                        .fault(1);
        assertTrue(
                String.valueOf(fault.getMessage()).contains("is it an INA219?"), fault::getMessage);
    }

    @Test
    void anOverflowedCurrentIsBadAndTheVoltageGood() throws SensorFault {
        List<Reading> readings = trial(SET_UP.then(sample("5D 99", "27 10", "50 00"))).readings(2);
        assertEquals(
                List.of(Quality.GOOD, Quality.BAD),
                readings.stream().map(Reading::quality).toList());
    }

    @Test
    void refusesAShuntThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> new Ina219Scale(0, 3.2));
        assertThrows(IllegalArgumentException.class, () -> new Ina219Scale(1e-6, 3.2));
        assertThrows(IllegalArgumentException.class, () -> new Ina219Scale(1e6, 3.2));
    }

    private static Script sample(String voltage, String current, String calibration) {
        return Script.empty()
                .i2c(0x40, "02", voltage)
                .i2c(0x40, "04", current)
                .i2c(0x40, "05", calibration);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.i2c(script, Ina219Test::driver);
    }

    private static Sensor driver(I2cBus bus) {
        return new Ina219(
                bus,
                0x40,
                new Ina219Scale(SHUNT_OHM, AMPERE_MAX),
                DriverTrial.channels(Ina219.MEASURANDS),
                Duration.ofSeconds(1));
    }
}
