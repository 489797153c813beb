package dev.vigil.sensor.analog;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;

/**
 * A 4-20 mA transmitter, seen as the voltage over a shunt. Its limits are those of NAMUR NE 43: 3.8
 * to 20.5 mA is a measurement, at most 3.6 and at least 21 mA is a failed transmitter or a broken
 * wire; between them it is out of its range, and uncertain.
 *
 * @param at4 what 4 mA mean, in the quantity's unit, like {@code at20}
 * @param shuntOhm the resistance the current flows through
 */
public record CurrentLoop(Quantity quantity, double at4, double at20, double shuntOhm)
        implements Transducer {
    private static final double FAILED_LOW = 3.6;
    private static final double MEASURED_LOW = 3.8;
    private static final double MEASURED_HIGH = 20.5;
    private static final double FAILED_HIGH = 21;

    public CurrentLoop {
        if (!Double.isFinite(at4) || !Double.isFinite(at20) || at4 == at20) {
            throw new IllegalArgumentException(
                    "a 4-20 mA loop from %s to %s: must be two different numbers"
                            .formatted(at4, at20));
        }
        if (!(shuntOhm > 0)) {
            throw new IllegalArgumentException(
                    "a 4-20 mA loop over %s ohm: must be more than 0".formatted(shuntOhm));
        }
    }

    @Override
    public Meaning of(double volt) {
        return ofMilliampere(volt / shuntOhm * 1000);
    }

    Meaning ofMilliampere(double current) {
        if (current <= FAILED_LOW || current >= FAILED_HIGH) {
            return new Broken(
                    "%.2f mA in the loop, %s (NE 43: a transmitter gives 3.8 to 20.5 mA)"
                            .formatted(
                                    current,
                                    current <= FAILED_LOW
                                            ? "broken wire or failed transmitter"
                                            : "short circuit or failed transmitter"));
        }
        boolean measured = current >= MEASURED_LOW && current <= MEASURED_HIGH;
        return new Value(
                at4 + (current - 4) / 16 * (at20 - at4),
                measured ? Quality.GOOD : Quality.UNCERTAIN);
    }
}
