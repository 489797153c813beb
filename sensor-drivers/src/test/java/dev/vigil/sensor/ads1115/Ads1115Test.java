package dev.vigil.sensor.ads1115;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.AnsweringI2cBus;
import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.analog.CurrentLoop;
import dev.vigil.sensor.analog.LinearVoltage;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Simulated: the bus, which follows a script of transactions. */
class Ads1115Test implements SensorContract {
    private static final Ads1115.Input SUPPLY =
            new Ads1115.Input(
                    0,
                    Ads1115Range.V4_096,
                    new LinearVoltage(Quantity.VOLTAGE, 1, 0),
                    DriverTrial.channel("supply", Quantity.VOLTAGE),
                    Duration.ZERO);
    private static final Ads1115.Input STAGE =
            new Ads1115.Input(
                    3,
                    Ads1115Range.V4_096,
                    new CurrentLoop(Quantity.LEVEL, 0, 10, 100),
                    DriverTrial.channel("stage", Quantity.LEVEL),
                    Duration.ZERO);
    private static final Script BEGIN = Script.empty().i2c(0x48, "01 C3 83", "");

    @Override
    public Sensor sensor(Path directory) {
        byte[] configuration = new byte[2];
        return driver(
                new AnsweringI2cBus(
                        written -> {
                            if (written.length == 3) {
                                System.arraycopy(written, 1, configuration, 0, 2);
                            }
                            return written[0] == 1
                                    ? configuration
                                    : HexFormat.of().parseHex("1F40");
                        }));
    }

    /** SBAS444E, tables 6-3 and 6-4. */
    @ParameterizedTest
    @CsvSource({
        "V6_144, 0001, 0.0001875", "V4_096, 0001, 0.000125", "V2_048, 0001, 0.0000625",
        "V1_024, 0001, 0.00003125", "V0_512, 0001, 0.000015625", "V0_256, 0001, 0.0000078125",
        "V2_048, 7FFF, 2.0479375", "V2_048, 0000, 0", "V2_048, FFFF, -0.0000625",
        "V2_048, 8000, -2.048"
    })
    void hasTheVoltagesOfTheDataSheet(Ads1115Range range, String code, double volt) {
        assertEquals(volt, range.volt(HexFormat.fromHexDigits(code)), 1e-12);
    }

    @Test
    void asksOneInputAfterTheOther() throws SensorFault {
        Script script =
                BEGIN.i2c(0x48, "01", "C3 83")
                        .i2c(0x48, "00", "1F 40")
                        .i2c(0x48, "01 F3 83", "")
                        .i2c(0x48, "01", "F3 83")
                        .i2c(0x48, "00", "25 80")
                        .i2c(0x48, "01 C3 83", "");
        List<Reading> readings =
                DriverTrial.i2c(script, bus -> driver(bus, SUPPLY, STAGE)).readings(3);
        assertEquals(1, readings.get(0).value(), 1e-9);
        assertEquals(5, readings.get(1).value(), 1e-9); // 1.2 V over 100 ohm are 12 mA
        assertEquals(START, readings.get(0).at());
    }

    @Test
    void beginsAnewAfterAFaultAtAnyTransaction() throws SensorFault {
        Script whole = BEGIN.then(fetch("C3 83", "1F 40")).then(BEGIN);
        DriverTrial.faultAtEachTransaction(whole, 2, Ads1115Test::trial);
    }

    @Test
    void aChipWithAnotherConfigurationIsNotBelieved() throws SensorFault {
        SensorFault fault = trial(BEGIN.then(Script.empty().i2c(0x48, "01", "85 83"))).fault(2);
        assertTrue(String.valueOf(fault.getMessage()).contains("was reset"), fault::getMessage);
    }

    @Test
    void aConversionThatIsNotDoneIsAFault() throws SensorFault {
        SensorFault fault = trial(BEGIN.then(Script.empty().i2c(0x48, "01", "43 83"))).fault(2);
        assertTrue(String.valueOf(fault.getMessage()).contains("not done"), fault::getMessage);
    }

    @Test
    void aVoltageAtTheEndOfTheRangeIsAFaultOfThatChannelOnly() throws SensorFault {
        SensorFault fault = trial(BEGIN.then(fetch("C3 83", "7F FF")).then(BEGIN)).fault(2);
        assertEquals(List.of(SUPPLY.channel()), fault.channels());
    }

    @Test
    void aBrokenLoopIsAFaultOfThatChannelOnly() throws SensorFault {
        Script script =
                Script.empty()
                        .i2c(0x48, "01 F3 83", "")
                        .i2c(0x48, "01", "F3 83")
                        .i2c(0x48, "00", "00 10")
                        .i2c(0x48, "01 F3 83", "");
        SensorFault fault = DriverTrial.i2c(script, bus -> driver(bus, STAGE)).fault(2);
        assertEquals(List.of(STAGE.channel()), fault.channels());
        assertTrue(String.valueOf(fault.getMessage()).contains("NE 43"), fault::getMessage);
    }

    @Test
    void whatIsWarmingUpIsNotBelieved() throws SensorFault {
        Ads1115.Input warming =
                new Ads1115.Input(
                        0,
                        SUPPLY.range(),
                        SUPPLY.transducer(),
                        SUPPLY.channel(),
                        Duration.ofSeconds(2));
        Script each = fetch("C3 83", "1F 40").then(BEGIN);
        List<Reading> readings =
                DriverTrial.i2c(BEGIN.then(each).then(each).then(each), bus -> driver(bus, warming))
                        .readings(4);
        assertEquals(
                List.of(Quality.BAD, Quality.BAD, Quality.GOOD),
                readings.stream().map(Reading::quality).toList());
    }

    @Test
    void refusesInputsThatCannotBe() {
        assertThrows(
                IllegalArgumentException.class,
                () -> driver(new AnsweringI2cBus(_ -> new byte[0]), SUPPLY, SUPPLY));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new Ads1115.Input(
                                4,
                                SUPPLY.range(),
                                SUPPLY.transducer(),
                                SUPPLY.channel(),
                                Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new Ads1115.Input(
                                0,
                                SUPPLY.range(),
                                SUPPLY.transducer(),
                                STAGE.channel(),
                                Duration.ZERO));
    }

    private static Script fetch(String configuration, String value) {
        return Script.empty().i2c(0x48, "01", configuration).i2c(0x48, "00", value);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.i2c(script, bus -> driver(bus, SUPPLY));
    }

    private static Sensor driver(I2cBus bus, Ads1115.Input... inputs) {
        return new Ads1115(
                bus,
                0x48,
                inputs.length == 0 ? List.of(SUPPLY, STAGE) : List.of(inputs),
                Duration.ofSeconds(1));
    }
}
