package dev.vigil.sensor.analog;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;

/**
 * A voltage in proportion to what is measured: {@code offset + factor x volt}, in the quantity's
 * unit.
 */
public record LinearVoltage(Quantity quantity, double factor, double offset) implements Transducer {
    public LinearVoltage {
        if (!Double.isFinite(factor) || factor == 0 || !Double.isFinite(offset)) {
            throw new IllegalArgumentException(
                    "a voltage with factor %s and offset %s: both must be finite, the factor not 0"
                            .formatted(factor, offset));
        }
    }

    @Override
    public Meaning of(double volt) {
        return new Value(offset + factor * volt, Quality.GOOD);
    }
}
