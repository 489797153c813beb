package dev.vigil.sensor.analog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransducerTest {
    private static final CurrentLoop LOOP = new CurrentLoop(Quantity.LEVEL, 0, 10, 100);
    private static final SupervisedContact LINE = new SupervisedContact(3.3, 4700, 4700, 4700, 0.2);
    private static final GasSensor GAS =
            new GasSensor(
                    Quantity.CARBON_MONOXIDE,
                    5,
                    10_000,
                    20_000,
                    List.of(
                            new GasSensor.Point(50e-6, 1.6),
                            new GasSensor.Point(100e-6, 1),
                            new GasSensor.Point(1000e-6, 0.1)));

    /** NAMUR NE 43: what is a measurement, what is out of range, what is a failure. */
    @ParameterizedTest
    @CsvSource({
        "3.81, GOOD, -0.11875",
        "4, GOOD, 0",
        "12, GOOD, 5",
        "20, GOOD, 10",
        "20.49, GOOD, 10.30625",
        "3.79, UNCERTAIN, -0.13125",
        "3.61, UNCERTAIN, -0.24375",
        "20.51, UNCERTAIN, 10.31875",
        "20.99, UNCERTAIN, 10.61875"
    })
    void aLoopMeasuresWithinItsLimits(double milliampere, Quality quality, double metres) {
        var value = assertInstanceOf(Transducer.Value.class, LOOP.of(milliampere / 1000 * 100));
        assertEquals(quality, value.quality());
        assertEquals(metres, value.value(), 1e-9);
    }

    @ParameterizedTest
    @CsvSource({"0, broken wire", "3.59, broken wire", "21.01, short circuit", "30, short circuit"})
    void aLoopOutsideOfItsLimitsIsBroken(double milliampere, String why) {
        var broken = assertInstanceOf(Transducer.Broken.class, LOOP.of(milliampere / 1000 * 100));
        assertTrue(broken.why().contains(why), broken::why);
    }

    /** End resistor 4700 ohm, another 4700 through the contact, 4700 pull-up at 3.3 V. */
    @ParameterizedTest
    @CsvSource({"1.65, 0", "1.5, 0", "1.79, 0", "1.1, 1", "1.0, 1", "1.2, 1"})
    void aSupervisedContactIsOpenOrClosed(double volt, double state) {
        var value = assertInstanceOf(Transducer.Value.class, LINE.of(volt));
        assertEquals(state, value.value());
    }

    @ParameterizedTest
    @CsvSource({
        "0, shorted",
        "0.5, shorted",
        "3.3, cut",
        "3.4, cut",
        "2.5, cut",
        "1.35, tampered with"
    })
    void aCutShortedOrChangedLineIsBroken(double volt, String why) {
        var broken = assertInstanceOf(Transducer.Broken.class, LINE.of(volt));
        assertTrue(broken.why().contains(why), broken::why);
    }

    @Test
    void refusesResistorsThatCanNotBeToldApart() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new SupervisedContact(3.3, 4700, 4700, 47_000, 0.2));
    }

    /** The sensor's resistance is 10 kohm x (5 V / volt - 1), 20 kohm in clean air. */
    @ParameterizedTest
    @CsvSource({
        "1.0, 0, GOOD", // ratio 2: less than the curve begins with
        "1.1904761904761905, 0.00005, GOOD", // ratio 1.6
        "1.6666666666666667, 0.0001, GOOD", // ratio 1
        "4.1, 0.000911111111111111, GOOD", // ratio 0.11
        "3.0, 0.0003, GOOD", // ratio 1/3: a third of the way down is three times the gas
        "4.5454545454545455, 0.002, UNCERTAIN" // ratio 0.05: beyond the curve
    })
    void aGasSensorFollowsItsCurve(double volt, double fraction, Quality quality) {
        var value = assertInstanceOf(Transducer.Value.class, GAS.of(volt));
        assertEquals(fraction, value.value(), fraction * 1e-9);
        assertEquals(quality, value.quality());
    }

    @Test
    void aGasSensorWithoutAVoltageIsBroken() {
        assertInstanceOf(Transducer.Broken.class, GAS.of(0));
        assertInstanceOf(Transducer.Broken.class, GAS.of(5));
        assertInstanceOf(Transducer.Broken.class, GAS.of(-0.1));
    }

    @Test
    void withoutACalibrationAGasSensorHasNoUnitAndIsRefused() {
        List<GasSensor.Point> curve = GAS.curve();
        var noCurve =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new GasSensor(
                                        Quantity.CARBON_MONOXIDE, 5, 10_000, 20_000, List.of()));
        assertTrue(String.valueOf(noCurve.getMessage()).contains("no unit"), noCurve::getMessage);
        assertThrows(
                IllegalArgumentException.class,
                () -> new GasSensor(Quantity.CARBON_MONOXIDE, 5, 10_000, 0, curve));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new GasSensor(
                                Quantity.CARBON_MONOXIDE,
                                5,
                                10_000,
                                20_000,
                                List.of(curve.get(1), curve.get(0))));
    }

    @Test
    void aVoltageIsScaled() {
        var value =
                assertInstanceOf(
                        Transducer.Value.class,
                        new LinearVoltage(Quantity.VOLTAGE, 11, -0.5).of(1.2));
        assertEquals(12.7, value.value(), 1e-12);
        assertThrows(
                IllegalArgumentException.class, () -> new LinearVoltage(Quantity.VOLTAGE, 0, 1));
    }
}
