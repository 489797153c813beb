package dev.vigil.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class UnitConversionTest {
    @ParameterizedTest
    @CsvSource({
        "TEMPERATURE, K, 300, 26.85",
        "TEMPERATURE, degF, 212, 100",
        "TEMPERATURE, degF, -40, -40",
        "OBSCURATION, %/m, 5.1, 0.051",
        "OBSCURATION, 1/m, 0.0227, 0.05092617",
        "OBSCURATION, OD/m, 1, 0.9",
        "OBSCURATION, dB/m, 0.23, 0.05158154",
        "OBSCURATION, %/ft, 2.5, 0.07970745",
        "CARBON_MONOXIDE, ppm, 50, 0.00005",
        "CARBON_MONOXIDE, %vol, 1, 0.01",
        "PRESSURE, hPa, 1013.25, 101325",
        "ACCELERATION, g, 1, 9.80665",
        "ACCELERATION, Gal, 100, 1",
        "VELOCITY, km/h, 36, 10",
        "LEVEL, ft, 10, 3.048",
        "STRAIN, um/m, 10, 0.00001",
        "TILT, deg, 180, 3.141593",
        "RATE, 1/min, 60, 1"
    })
    void convertsToTheQuantitysOwnUnit(
            Quantity quantity, String unit, double value, double expected) {
        double converted = UnitConversion.to(quantity, unit).orElseThrow().apply(value);
        assertEquals(expected, converted, Math.max(1e-6 * Math.abs(expected), 1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void leavesValuesInTheOwnUnitAsTheyAre(Quantity quantity) {
        assertEquals(quantity.unit(), UnitConversion.symbolsFor(quantity).getFirst());
        for (String unit : new String[] {quantity.unit(), ""}) {
            assertEquals(0.1, UnitConversion.to(quantity, unit).orElseThrow().apply(0.1));
        }
    }

    @Test
    void refusesUnitsOfAnotherQuantity() {
        assertEquals(Optional.empty(), UnitConversion.to(Quantity.TEMPERATURE, "ppm"));
        assertEquals(Optional.empty(), UnitConversion.to(Quantity.OBSCURATION, "%"));
        assertEquals(Optional.empty(), UnitConversion.to(Quantity.PRESSURE, "hpa"));
    }

    @Test
    void saysWhenAValueHasNoMeaning() {
        double dark = UnitConversion.to(Quantity.OBSCURATION, "%/ft").orElseThrow().apply(101);
        assertTrue(Double.isNaN(dark), () -> "101 %/ft is " + dark);
    }
}
