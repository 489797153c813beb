package dev.vigil.sensor.sensirion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vigil.sensor.AnsweringI2cBus;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cChip;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of the data sheets: SHT3x-DIS (4.12), SCD4x (3.5.2, 3.7.1, 3.7.2, 3.9.2). */
class SensirionWordsTest {
    private static final I2cChip CHIP =
            new I2cChip(new AnsweringI2cBus(_ -> new byte[0]), 0x62, "scd4x");

    @ParameterizedTest
    @CsvSource({
        "BEEF, 92",
        "01F4, 33",
        "6667, A2",
        "5EB9, 3C",
        "01E0, B4",
        "7FCE, 7B",
        "0001, B0",
        "F896, 31",
        "9F07, C2",
        "3BBE, 89"
    })
    void hasTheChecksumsOfTheDataSheets(String word, String checksum) {
        assertEquals(
                HexFormat.fromHexDigits(checksum),
                SensirionWords.crc(HexFormat.fromHexDigits(word)));
    }

    @Test
    void readsAMeasurementAsTheDataSheetDoes() throws SensorFault {
        byte[] answer = HexFormat.of().parseHex("01F4336667A25EB93C");
        assertEquals(500, SensirionWords.word(answer, 0, CHIP));
        assertEquals(25, SensirionWords.celsius(SensirionWords.word(answer, 1, CHIP)), 0.005);
        assertEquals(
                37, SensirionWords.relativeHumidity(SensirionWords.word(answer, 2, CHIP)), 0.01);
    }

    @Test
    void spansMinus45To130DegreesAnd0To100Percent() {
        assertEquals(-45, SensirionWords.celsius(0));
        assertEquals(130, SensirionWords.celsius(0xFFFF));
        assertEquals(0, SensirionWords.relativeHumidity(0));
        assertEquals(100, SensirionWords.relativeHumidity(0xFFFF));
    }

    @Test
    void everyFlippedBitIsSeen() {
        byte[] answer = HexFormat.of().parseHex("BEEF92");
        for (int bit = 0; bit < 24; bit++) {
            byte[] flipped = answer.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(SensorFault.class, () -> SensirionWords.word(flipped, 0, CHIP));
        }
    }
}
