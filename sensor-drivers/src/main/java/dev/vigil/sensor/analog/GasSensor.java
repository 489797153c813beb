package dev.vigil.sensor.analog;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import java.util.List;

/**
 * A heated metal-oxide gas sensor (MQ-2, MQ-7 and their like) in series with a load resistor: its
 * resistance falls with the gas, a straight line in the data sheet's diagram of logarithms. It has
 * a unit only when it was calibrated: without its resistance in clean air and a curve there is no
 * {@code GasSensor}. Below the curve's first point it says 0, beyond the last it is uncertain.
 *
 * @param supplyVolt over sensor and load together
 * @param loadOhm of the load resistor, over which the voltage is measured
 * @param cleanAirOhm the sensor's own resistance in clean air (R0), measured on this very sensor
 * @param curve at least two points of the data sheet's diagram for the gas, by rising fraction
 */
public record GasSensor(
        Quantity quantity, double supplyVolt, double loadOhm, double cleanAirOhm, List<Point> curve)
        implements Transducer {
    /**
     * @param fraction mole fraction of the gas, 1 ppm = 1e-6
     * @param ratio resistance in it, divided by that in clean air
     */
    public record Point(double fraction, double ratio) {}

    public GasSensor {
        curve = List.copyOf(curve);
        if (!(supplyVolt > 0) || !(loadOhm > 0) || !(cleanAirOhm > 0)) {
            throw new IllegalArgumentException(
                    "a gas sensor with %s V, load %s ohm, clean air %s ohm: each must be more than 0"
                            .formatted(supplyVolt, loadOhm, cleanAirOhm));
        }
        if (curve.size() < 2) {
            throw new IllegalArgumentException(
                    "a gas sensor with %d points of its curve: 2 are needed, or its value has no unit"
                            .formatted(curve.size()));
        }
        for (int i = 0; i < curve.size(); i++) {
            Point point = curve.get(i);
            boolean positive = point.fraction > 0 && point.fraction <= 1 && point.ratio > 0;
            boolean falls =
                    i == 0
                            || (point.fraction > curve.get(i - 1).fraction
                                    && point.ratio < curve.get(i - 1).ratio);
            if (!positive || !falls) {
                throw new IllegalArgumentException(
                        "point %s of a gas sensor's curve: fractions must rise from 0 to 1, ratios fall and be more than 0"
                                .formatted(point));
            }
        }
    }

    @Override
    public Meaning of(double volt) {
        if (!(volt > 0) || volt >= supplyVolt) {
            return new Broken(
                    "%.3f V over the load, a working sensor gives more than 0 and less than %s V"
                            .formatted(volt, supplyVolt));
        }
        double ratio = loadOhm * (supplyVolt / volt - 1) / cleanAirOhm;
        if (ratio > curve.getFirst().ratio) {
            return new Value(0, Quality.GOOD);
        }
        int segment = 1;
        while (segment < curve.size() - 1 && ratio < curve.get(segment).ratio) {
            segment++;
        }
        Point from = curve.get(segment - 1);
        Point to = curve.get(segment);
        double share = Math.log(ratio / from.ratio) / Math.log(to.ratio / from.ratio);
        double fraction = from.fraction * Math.pow(to.fraction / from.fraction, share);
        boolean onCurve = ratio >= curve.getLast().ratio;
        return new Value(Math.min(fraction, 1), onCurve ? Quality.GOOD : Quality.UNCERTAIN);
    }
}
