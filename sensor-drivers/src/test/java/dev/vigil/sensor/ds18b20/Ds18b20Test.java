package dev.vigil.sensor.ds18b20;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.KernelDevice;
import dev.vigil.sensor.bus.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Vectors of Maxim's DS18B20 data sheet and application note 27.
 *
 * <p>Simulated: the kernel's files of the slave; node's WiredSiteTest has a tree like sysfs'
 * instead.
 */
class Ds18b20Test implements SensorContract {
    @Override
    public Sensor sensor(Path directory) {
        String text = text("50 01 4b 46 7f ff 0c 10");
        return driver(
                new KernelDevice() {
                    @Override
                    public String name() {
                        return "28-000000000001";
                    }

                    @Override
                    public List<String> attributes() {
                        return List.of(Ds18b20.ATTRIBUTE);
                    }

                    @Override
                    public String read(String attribute) {
                        return text;
                    }
                });
    }

    /** Table 1, "Temperature/Data Relationship". */
    @ParameterizedTest
    @CsvSource({
        "07D0, 125",
        "0550, 85",
        "0191, 25.0625",
        "00A2, 10.125",
        "0008, 0.5",
        "0000, 0",
        "FFF8, -0.5",
        "FF5E, -10.125",
        "FE6F, -25.0625",
        "FC90, -55"
    })
    void hasTheTemperaturesOfTheDataSheet(String register, double celsius) throws SensorFault {
        String bytes = register.substring(2) + " " + register.substring(0, 2);
        List<Reading> readings = trial(text(bytes + " 4b 46 7f ff 10 10")).readings(1);
        assertEquals(celsius, readings.getFirst().value());
        assertEquals(Quality.GOOD, readings.getFirst().quality());
    }

    /** Application note 27, figure 3: the ROM 02 1C B8 01 00 00 00 has the CRC A2. */
    @Test
    void hasTheChecksumOfTheApplicationNote() {
        assertEquals(0xA2, Scratchpad.crc(HexFormat.of().parseHex("021CB801000000"), 7));
    }

    @Test
    void undefinedBitsOfALowerResolutionAreDropped() {
        assertEquals(0x0190, Scratchpad.of(bytes("97 01 4b 46 1f ff 10 10")).sixteenths());
        assertEquals(9, Scratchpad.of(bytes("97 01 4b 46 1f ff 10 10")).bits());
    }

    /** What a chip says that lost its power during the conversion; the checksum is right. */
    @Test
    void thePowerOnValueIsBad() throws SensorFault {
        Reading reading =
                trial("50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 ... t=85000")
                        .readings(1)
                        .getFirst();
        assertEquals(85, reading.value());
        assertEquals(Quality.BAD, reading.quality());
    }

    @ParameterizedTest
    @CsvSource({"50 05 4b 46 7f ff 10 10, 85", "4f 05 4b 46 7f ff 0c 10, 84.9375"})
    void eightyFiveDegreesThatWereMeasuredAreGood(String bytes, double celsius) throws SensorFault {
        Reading reading = trial(text(bytes)).readings(1).getFirst();
        assertEquals(celsius, reading.value());
        assertEquals(Quality.GOOD, reading.quality());
    }

    @Test
    void everyFlippedBitIsAFault() throws SensorFault {
        byte[] good = bytes("50 01 4b 46 7f ff 0c 10");
        for (int bit = 0; bit < 72; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            trial(shown(flipped)).fault(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "00 00 00 00 00 00 00 00 00 : crc=00 YES, is the bus shorted",
        "ff ff ff ff ff ff ff ff ff : crc=c9 NO, right would be C9",
        "t=21375, is not nine bytes",
        "50 01 4b 46 7f ff 0c : crc=10 YES, is not nine bytes"
    })
    void whatIsNoScratchpadIsAFault(String text, String why) throws SensorFault {
        SensorFault fault = trial(text).fault(1);
        assertTrue(String.valueOf(fault.getMessage()).contains(why), fault::getMessage);
    }

    @Test
    void goesOnAfterAFault() throws SensorFault {
        Script one = Script.empty().attribute("w1_slave", text("50 01 4b 46 7f ff 0c 10"));
        DriverTrial.faultAtEachTransaction(one.then(one), 2, Ds18b20Test::trial);
    }

    private static byte[] bytes(String eight) {
        byte[] first = HexFormat.ofDelimiter(" ").parseHex(eight);
        byte[] all = java.util.Arrays.copyOf(first, 9);
        all[8] = (byte) Scratchpad.crc(first, 8);
        return all;
    }

    private static String text(String eight) {
        return shown(bytes(eight.toLowerCase(java.util.Locale.ROOT)));
    }

    private static String shown(byte[] nine) {
        return HexFormat.ofDelimiter(" ").formatHex(nine) + " : crc=00 YES\nt=0";
    }

    private static DriverTrial trial(String text) {
        return trial(Script.empty().attribute("w1_slave", text));
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.kernel(script, Ds18b20Test::driver);
    }

    private static Sensor driver(KernelDevice device) {
        return new Ds18b20(device, DriverTrial.channels(Ds18b20.MEASURANDS), Duration.ofSeconds(5));
    }
}
