package dev.vigil.sensor.bme280;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * The example of BST-BMP280-DS001, 3.12 (the chip without humidity, which has the same formulas and
 * an example that the BME280's data sheet lacks), and for humidity the same formula in integers.
 */
class Bme280CompensationTest {
    static final String FIRST =
            "70 6B 43 67 18 FC 7D 8E 43 D6 D0 0B 27 0B 8C 00 F9 FF 8C 3C F8 C6 70 17 00 4B";
    static final String SECOND = "63 01 00 14 22 03 1E";
    static final int RAW_TEMPERATURE = 519_888;
    static final int RAW_PRESSURE = 415_148;

    private final Bme280Compensation chip = chip(FIRST, SECOND);

    @Test
    void readsTheTrimmingParametersOfTheExample() {
        assertEquals(new Bme280Compensation.Temperature(27_504, 26_435, -1000), chip.temperature());
        assertEquals(36_477, chip.pressure().p1());
        assertEquals(-10_685, chip.pressure().p2to9()[0]);
        assertEquals(6000, chip.pressure().p2to9()[7]);
        assertEquals(new Bme280Compensation.Humidity(75, 355, 0, 322, 50, 30), chip.humidity());
    }

    @Test
    void humidityParametersFourAndFiveShareAByteAndHaveASign() {
        Bme280Compensation other = chip(FIRST, "63 01 00 FF 21 FE FF");
        assertEquals(-15, other.humidity().h4());
        assertEquals(-30, other.humidity().h5());
        assertEquals(-1, other.humidity().h6());
    }

    @Test
    void hasTheTemperatureAndPressureOfTheExample() {
        double fine = chip.temperature().fine(RAW_TEMPERATURE);
        assertEquals(128_422, fine, 1);
        assertEquals(25.08, chip.celsius(RAW_TEMPERATURE), 0.005);
        assertEquals(100_653.27, chip.pressure().pascal(RAW_PRESSURE, fine), 0.5);
    }

    @Test
    void hasTheHumidityThatTheIntegerFormulaHas() {
        RandomGenerator random =
                RandomGeneratorFactory.<RandomGenerator.SplittableGenerator>of("L64X128MixRandom")
                        .create(280);
        for (int i = 0; i < 10_000; i++) {
            int raw = random.nextInt(0x4000, 0xC000);
            int rawTemperature = random.nextInt(400_000, 640_000);
            double fine = chip.temperature().fine(rawTemperature);
            assertEquals(
                    inIntegers(chip.humidity(), raw, (int) fine) / 1024.0,
                    chip.humidity().percent(raw, fine),
                    0.01,
                    "raw " + raw + " at " + fine);
        }
    }

    @Test
    void whatAnAbsentOrStuckChipReadsAsIsNoChips() {
        assertTrue(chip.isOfAChip());
        assertFalse(chip("00 ".repeat(26).strip(), "00 ".repeat(7).strip()).isOfAChip());
        assertFalse(chip("FF ".repeat(26).strip(), "FF ".repeat(7).strip()).isOfAChip());
    }

    /** BST-BME280-DS002, 4.2.3: percent in Q22.10. */
    private static int inIntegers(Bme280Compensation.Humidity h, int raw, int fine) {
        int t = fine - 76_800;
        int offset = (h.h4() << 20) + h.h5() * t - (1 << 14);
        int linear = ((raw << 14) - offset) >> 15;
        int second = ((t * h.h3()) >> 11) + (1 << 15);
        int curve = (((t * h.h6()) >> 10) * second) >> 10;
        int slope = ((curve + (1 << 21)) * h.h2() + (1 << 13)) >> 14;
        int product = linear * slope;
        int square = ((product >> 15) * (product >> 15)) >> 7;
        return Math.clamp(product - ((square * h.h1()) >> 4), 0, 100 << 22) >> 12;
    }

    private static Bme280Compensation chip(String first, String second) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        return Bme280Compensation.of(hex.parseHex(first), hex.parseHex(second));
    }
}
