package dev.vigil.sensor.analog;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;

/** What a voltage means. Immutable; pure. */
public sealed interface Transducer
        permits CurrentLoop, LinearVoltage, GasSensor, SupervisedContact {
    /** What a voltage turned out to mean. */
    sealed interface Meaning {}

    /** A value in the unit of {@link #quantity}. */
    record Value(double value, Quality quality) implements Meaning {}

    /** The wire or the transducer is broken: the voltage means nothing. */
    record Broken(String why) implements Meaning {}

    Quantity quantity();

    Meaning of(double volt);
}
