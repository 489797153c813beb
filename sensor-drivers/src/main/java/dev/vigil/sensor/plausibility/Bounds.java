package dev.vigil.sensor.plausibility;

import dev.vigil.sensor.Quantity;
import java.time.Duration;

/**
 * What a channel's readings can be, in its quantity's unit. Immutable.
 *
 * @param min least value that can be a measurement, like {@code max} the greatest
 * @param perSecondMax how fast it can change; infinite for no bound
 * @param powerOn what its chip says before it has measured; NaN for none
 * @param agreeWithin how far it can be from the median of its zone for longer than {@link
 *     Plausibility#DISAGREES_AFTER}; infinite for no bound
 * @param stuckAfter how long a value can stay exactly the same; zero for ever
 * @param staleAfter how long it can be silent; zero for ever
 */
public record Bounds(
        double min,
        double max,
        double perSecondMax,
        double powerOn,
        double agreeWithin,
        Duration stuckAfter,
        Duration staleAfter) {
    private static final double NONE = Double.POSITIVE_INFINITY;
    private static final Duration DAY = Duration.ofDays(1);

    public Bounds {
        if (!(min < max)) {
            throw new IllegalArgumentException(
                    "plausible from %s to %s: the first must be less".formatted(min, max));
        }
        if (!(perSecondMax > 0) || !(agreeWithin > 0)) {
            throw new IllegalArgumentException(
                    "plausible rate %s and agreement within %s: both must be more than 0"
                            .formatted(perSecondMax, agreeWithin));
        }
        if (stuckAfter.isNegative() || staleAfter.isNegative()) {
            throw new IllegalArgumentException(
                    "stuck after %s, stale after %s: neither can be negative"
                            .formatted(stuckAfter, staleAfter));
        }
    }

    /**
     * What holds for a quantity where the site says nothing, each reasoned in
     * node/docs/plausibility.md. Wide on purpose: what a fire or a flood can do must pass.
     */
    public static Bounds of(Quantity quantity) {
        return switch (quantity) {
            case TEMPERATURE -> range(-90, 1400).rate(100).stuck(DAY);
            case HUMIDITY -> range(-5, 105).rate(50).stuck(DAY);
            case OBSCURATION -> range(-0.1, 1);
            case CARBON_MONOXIDE -> range(-0.001, 1);
            case CARBON_DIOXIDE -> range(-0.001, 1).stuck(DAY);
            case OXYGEN -> range(-0.01, 1);
            case PRESSURE -> range(-1e5, 1e8);
            case ACCELERATION -> range(-2000, 2000);
            case STRAIN -> range(-0.1, 0.1);
            case TILT -> range(-Math.PI, Math.PI);
            case OCCUPANCY, CONTACT -> range(0, 1);
            case RATE -> range(0, 1e6);
            case PARTICULATE_MATTER -> range(0, 1);
            case VELOCITY, LEVEL, VOLTAGE, CURRENT, VOLUME_FLOW ->
                    range(-Double.MAX_VALUE, Double.MAX_VALUE);
        };
    }

    /** Only a range. */
    public static Bounds range(double min, double max) {
        return new Bounds(min, max, NONE, Double.NaN, NONE, Duration.ZERO, Duration.ZERO);
    }

    public Bounds rate(double perSecond) {
        return new Bounds(min, max, perSecond, powerOn, agreeWithin, stuckAfter, staleAfter);
    }

    public Bounds powerOn(double value) {
        return new Bounds(min, max, perSecondMax, value, agreeWithin, stuckAfter, staleAfter);
    }

    public Bounds agree(double within) {
        return new Bounds(min, max, perSecondMax, powerOn, within, stuckAfter, staleAfter);
    }

    public Bounds stuck(Duration after) {
        return new Bounds(min, max, perSecondMax, powerOn, agreeWithin, after, staleAfter);
    }

    public Bounds stale(Duration after) {
        return new Bounds(min, max, perSecondMax, powerOn, agreeWithin, stuckAfter, after);
    }
}
