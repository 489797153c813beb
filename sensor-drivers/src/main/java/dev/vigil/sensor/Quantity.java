package dev.vigil.sensor;

import java.util.Optional;

/**
 * What a channel measures, with the SenML unit its values are in everywhere inside Vigil and on the
 * wire (RFC 8428, section 12.1, and the IANA SenML units registry). Secondary units (RFC 8798) are
 * converted at the border.
 *
 * <p>The ordinal is part of the policy ABI (slot descriptors): append, never reorder.
 */
public enum Quantity {
    /** Air or surface temperature, degrees Celsius. */
    TEMPERATURE("temperature", "Cel"),
    /**
     * Smoke: the share of light lost over one metre, 0..1. No SenML unit is registered for optical
     * density; the ratio is sent under this name. OD/m = -log10(1 - obscuration); dB/m = 10 x OD/m.
     */
    OBSCURATION("obsc_per_m", "/"),
    /** Carbon monoxide, mole fraction 0..1 (1 ppm = 1e-6). */
    CARBON_MONOXIDE("co", "/"),
    /** Carbon dioxide, mole fraction 0..1. */
    CARBON_DIOXIDE("co2", "/"),
    /** Oxygen, mole fraction 0..1. */
    OXYGEN("o2", "/"),
    /** Relative humidity, percent. */
    HUMIDITY("humidity", "%RH"),
    /** Pressure, pascal. */
    PRESSURE("pressure", "Pa"),
    /** Acceleration, metres per second squared. */
    ACCELERATION("acceleration", "m/s2"),
    /** Velocity, metres per second. */
    VELOCITY("velocity", "m/s"),
    /** Water stage or displacement, metres above the datum in the site's documents. */
    LEVEL("level", "m"),
    /** Strain, ratio (1 um/m = 1e-6). */
    STRAIN("strain", "/"),
    /** Tilt, radians. */
    TILT("tilt", "rad"),
    /** Electric potential, volt. */
    VOLTAGE("voltage", "V"),
    /** Electric current, ampere. */
    CURRENT("current", "A"),
    /** Events per second: traffic, rain-gauge tips. */
    RATE("rate", "1/s"),
    /** Share of time or space taken, 0..1. */
    OCCUPANCY("occupancy", "/"),
    /** A contact: 0 open, 1 closed. */
    CONTACT("contact", "/"),
    /** Particles in the air, kilograms per cubic metre (1 ug/m3 = 1e-9). */
    PARTICULATE_MATTER("particles", "kg/m3"),
    /** Volume of a liquid or gas that passes, cubic metres per second. */
    VOLUME_FLOW("flow", "m3/s");

    private final String senmlName;
    private final String unit;

    Quantity(String senmlName, String unit) {
        this.senmlName = senmlName;
        this.unit = unit;
    }

    /** The word used in configuration and as the last part of a SenML name. */
    public String senmlName() {
        return senmlName;
    }

    /** The SenML unit symbol, {@code Cel}. */
    public String unit() {
        return unit;
    }

    /** The quantity a configuration means by {@code word}. */
    public static Optional<Quantity> named(String word) {
        for (Quantity quantity : values()) {
            if (quantity.senmlName.equals(word)) {
                return Optional.of(quantity);
            }
        }
        return Optional.empty();
    }
}
