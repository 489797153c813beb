package dev.vigil.sensor.bme280;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** Simulated: the bus, which follows a script of transactions. */
class Bme280Test implements SensorContract {
    private static final String VALUES = "65 5A C0 7E ED 00 6F A0";
    private static final Script SET_UP =
            Script.empty()
                    .i2c(0x76, "D0", "60")
                    .i2c(0x76, "88", Bme280CompensationTest.FIRST)
                    .i2c(0x76, "E1", Bme280CompensationTest.SECOND)
                    .i2c(0x76, "F2 01", "")
                    .i2c(0x76, "F5 80", "")
                    .i2c(0x76, "F4 27", "");

    @Override
    public Sensor sensor(Path directory) {
        return driver(new AnsweringI2cBus(Bme280Test::answer));
    }

    @Test
    void yieldsTheDataSheetsExampleFromTheSecondSampleOn() throws SensorFault {
        List<Reading> readings = trial(SET_UP.then(burst("27 80", VALUES))).readings(2);

        assertEquals(3, readings.size());
        assertEquals(25.08, readings.get(0).value(), 0.005);
        assertEquals(100_653.27, readings.get(1).value(), 0.5);
        assertTrue(readings.stream().allMatch(r -> r.quality() == Quality.GOOD));
    }

    @Test
    void beginsAnewAfterAFaultAtAnyTransaction() throws SensorFault {
        Script whole = SET_UP.then(burst("27 80", VALUES)).then(burst("27 80", VALUES));
        DriverTrial.faultAtEachTransaction(whole, 3, Bme280Test::trial);
    }

    @Test
    void refusesAnotherChip() throws SensorFault {
        SensorFault fault = trial(Script.empty().i2c(0x76, "D0", "58")).fault(1);
        assertEquals(
                "bme280 at 0x76 on i2c-script: its id is 0x58, expected 0x60", fault.getMessage());
    }

    @Test
    void refusesTrimmingParametersThatAreNoChips() throws SensorFault {
        SensorFault fault =
                trial(
                                Script.empty()
                                        .i2c(0x76, "D0", "60")
                                        .i2c(0x76, "88", "FF ".repeat(26).strip())
                                        .i2c(0x76, "E1", "FF ".repeat(7).strip()))
                        .fault(1);
        assertTrue(String.valueOf(fault.getMessage()).contains("no chip's"), fault::getMessage);
    }

    @Test
    void aChipThatWasResetIsAFaultAndSetUpAnew() throws SensorFault {
        DriverTrial trial =
                trial(
                        SET_UP.then(burst("00 00", "80 00 00 80 00 00 80 00"))
                                .then(SET_UP)
                                .then(burst("27 80", VALUES)));
        assertEquals(List.of(), trial.sensor().sample(START));
        try {
            trial.sensor().sample(START.plusSeconds(1));
            throw new AssertionError("a reset chip was believed");
        } catch (SensorFault fault) {
            assertTrue(String.valueOf(fault.getMessage()).contains("was reset"), fault::getMessage);
        }
        assertEquals(3, trial.readings(2).size());
    }

    @Test
    void whatWasNotMeasuredIsBadAndTheRestGood() throws SensorFault {
        List<Reading> readings =
                trial(SET_UP.then(burst("27 80", "80 00 00 7E ED 00 80 00"))).readings(2);
        assertEquals(
                List.of(Quality.GOOD, Quality.BAD, Quality.BAD),
                readings.stream().map(Reading::quality).toList());
        assertEquals(0, readings.get(1).value());
    }

    @Test
    void withoutATemperatureThereIsNothing() throws SensorFault {
        SensorFault fault = trial(SET_UP.then(burst("27 80", "65 5A C0 80 00 00 6F A0"))).fault(2);
        assertTrue(String.valueOf(fault.getMessage()).contains("0x80000"), fault::getMessage);
    }

    @Test
    void beyondTheChipsRangeItIsUncertain() throws SensorFault {
        List<Reading> readings =
                trial(SET_UP.then(burst("27 80", "65 5A C0 C0 00 00 6F A0"))).readings(2);
        assertTrue(readings.getFirst().value() > 85, readings::toString);
        assertEquals(Quality.UNCERTAIN, readings.getFirst().quality());
    }

    private static Script burst(String settings, String values) {
        return Script.empty().i2c(0x76, "F3", "00 " + settings + " 00 " + values);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.i2c(script, Bme280Test::driver);
    }

    private static Sensor driver(I2cBus bus) {
        return new Bme280(
                bus, 0x76, DriverTrial.channels(Bme280.MEASURANDS), Duration.ofSeconds(1));
    }

    private static byte[] answer(byte[] written) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        return switch (written[0] & 0xFF) {
            case 0xD0 -> new byte[] {0x60};
            case 0x88 -> hex.parseHex(Bme280CompensationTest.FIRST);
            case 0xE1 -> hex.parseHex(Bme280CompensationTest.SECOND);
            case 0xF3 -> hex.parseHex("00 27 80 00 " + VALUES);
            default -> new byte[0];
        };
    }
}
