package dev.vigil.sensor.max31865;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.Script;
import dev.vigil.sensor.bus.SpiBus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Simulated: the bus, which follows a script of transactions. */
class Max31865Test implements SensorContract {
    private static final Script SET_UP = Script.empty().spi("80 C3", "00 00");

    /** Maxim 19-6478, table 9: a PT100 and a reference of 400 ohm. */
    private static final Script HUNDRED_DEGREES = registers("C1 58 A4 FF FF 00 00 00");

    @Override
    public Sensor sensor(Path directory) {
        return driver(
                new SpiBus() {
                    @Override
                    public String name() {
                        return "spi-answering";
                    }

                    @Override
                    public byte[] transfer(byte[] write) {
                        return write.length == 2
                                ? new byte[2]
                                : HexFormat.of().parseHex("00C158A4FFFF000000");
                    }

                    @Override
                    public void close() {}
                });
    }

    /** IEC 60751, table 1 (the same values in Maxim's table 9). */
    @ParameterizedTest
    @CsvSource({
        "-200, 18.52", "-175, 29.22", "-100, 60.26", "-50, 80.31", "-10, 96.09", "0, 100.00",
        "10, 103.90", "50, 119.40", "100, 138.51", "200, 175.86", "400, 247.09", "550, 297.49",
        "850, 390.48"
    })
    void platinumHasTheResistancesOfTheStandard(double celsius, double ohm) {
        PlatinumThermometer pt100 = new PlatinumThermometer(100);
        assertEquals(ohm, pt100.ohm(celsius), 0.005);
        assertEquals(celsius, pt100.celsius(pt100.ohm(celsius)), 1e-6);
        assertEquals(celsius, new PlatinumThermometer(1000).celsius(10 * ohm), 0.02);
    }

    @Test
    void outsideOfTheStandardThereIsNoTemperature() {
        PlatinumThermometer pt100 = new PlatinumThermometer(100);
        assertTrue(Double.isNaN(pt100.celsius(18)));
        assertTrue(Double.isNaN(pt100.celsius(391)));
        assertTrue(Double.isNaN(pt100.celsius(Double.NaN)));
    }

    /** Table 9 once more: what the chip's registers say, which its 15 bits round. */
    @ParameterizedTest
    @CsvSource({"0B DA, -200", "26 90, -100", "40 00, 0", "58 A4, 100", "70 8C, 200", "BE 64, 550"})
    void yieldsTheTemperaturesOfTheDataSheet(String register, double celsius) throws SensorFault {
        List<Reading> readings =
                trial(SET_UP.then(registers("C1 " + register + " FF FF 00 00 00"))).readings(2);
        assertEquals(celsius, readings.getFirst().value(), 0.05);
    }

    @Test
    void beginsAnewAfterAFaultAtAnyTransaction() throws SensorFault {
        DriverTrial.faultAtEachTransaction(
                SET_UP.then(HUNDRED_DEGREES).then(HUNDRED_DEGREES), 3, Max31865Test::trial);
    }

    @ParameterizedTest
    @CsvSource({
        "00 00 00 00 00 00 00 00, absent or reset",
        "FF FF FF FF FF FF FF FF, absent or reset",
        "00 58 A4 FF FF 00 00 00, absent or reset",
        "C1 FF FE FF FF 00 00 00, is cut",
        "C1 00 00 FF FF 00 00 00, is shorted",
        "C1 58 A5 FF FF 00 00 80, cut wire",
        "C1 58 A5 FF FF 00 00 40, short circuit",
        "C1 58 A5 FF FF 00 00 04, overvoltage",
        "C1 58 A5 FF FF 00 00 20, wire open",
        "C1 00 10 FF FF 00 00 00, is no temperature",
        "C1 FA 40 FF FF 00 00 00, is no temperature"
    })
    void whatIsNoTemperatureIsAFault(String registers, String why) throws SensorFault {
        SensorFault fault = trial(SET_UP.then(registers(registers))).fault(2);
        String expected = why.equals("overvoltage") ? "over- or undervoltage" : why;
        assertTrue(String.valueOf(fault.getMessage()).contains(expected), fault::getMessage);
    }

    @Test
    void refusesAWiringThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> new Max31865.Wiring(100, 100, false));
    }

    private static Script registers(String answer) {
        return Script.empty().spi("00 00 00 00 00 00 00 00 00", "00 " + answer);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.spi(script, Max31865Test::driver);
    }

    private static Sensor driver(SpiBus bus) {
        return new Max31865(
                bus,
                new Max31865.Wiring(100, 400, false),
                DriverTrial.channels(Max31865.MEASURANDS),
                Duration.ofSeconds(1));
    }
}
