package dev.vigil.sensor;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * A unit values may arrive in, and how they become the SenML unit of their quantity ({@link
 * Quantity#unit()}). Immutable.
 *
 * <p>Besides the quantity's own unit these are the secondary units of RFC 8798 ({@code ppm}, {@code
 * hPa}, {@code mm}, {@code /100} and so on) and the units that data sheets of the field use. Smoke:
 * optical density per metre {@code OD/m = -log10(1 - obscuration)}, {@code dB/m = 10 x OD/m} (EN
 * 54-7, annex C: module m), {@code %/m}, and {@code %/ft} of UL 268, which compounds over the 3.28
 * feet of a metre.
 */
public final class Unit {
    private static final double METRES_PER_FOOT = 0.3048;
    private static final double STANDARD_GRAVITY = 9.80665; // ISO 80000-3

    private final String symbol;
    private final DoubleUnaryOperator law;

    private Unit(String symbol, DoubleUnaryOperator law) {
        this.symbol = symbol;
        this.law = law;
    }

    /**
     * The unit that {@code symbol} means for {@code quantity}; empty when it measures something
     * else or nothing known.
     *
     * @param symbol as in a configuration or a message; the empty string is the quantity's own unit
     */
    public static Optional<Unit> named(Quantity quantity, String symbol) {
        if (symbol.isEmpty()) {
            return Optional.of(own(quantity));
        }
        return all(quantity).stream().filter(unit -> unit.symbol.equals(symbol)).findFirst();
    }

    /** The quantity's own SenML unit: values stay as they are. */
    public static Unit own(Quantity quantity) {
        return new Unit(quantity.unit(), DoubleUnaryOperator.identity());
    }

    /** Every symbol {@link #named} understands for this quantity, its own unit first. */
    public static List<String> symbols(Quantity quantity) {
        return all(quantity).stream().map(Unit::symbol).toList();
    }

    public String symbol() {
        return symbol;
    }

    /**
     * {@code value} in the quantity's own unit. Not finite when {@code value} isn't, or when it has
     * no meaning in this unit.
     */
    public double toOwn(double value) {
        return law.applyAsDouble(value);
    }

    @Override
    public String toString() {
        return symbol;
    }

    private static List<Unit> all(Quantity quantity) {
        Unit own = own(quantity);
        return switch (quantity) {
            case TEMPERATURE ->
                    List.of(
                            own,
                            new Unit("K", v -> v - 273.15),
                            new Unit("degF", v -> (v - 32) / 1.8));
            case OBSCURATION ->
                    List.of(
                            own,
                            times("%/m", 0.01),
                            new Unit("%/ft", v -> 1 - Math.pow(1 - v / 100, 1 / METRES_PER_FOOT)),
                            new Unit("OD/m", v -> 1 - Math.pow(10, -v)),
                            new Unit("dB/m", v -> 1 - Math.pow(10, -v / 10)));
            case CARBON_MONOXIDE, CARBON_DIOXIDE, OXYGEN ->
                    List.of(
                            own,
                            times("ppm", 1e-6),
                            times("ppb", 1e-9),
                            times("%vol", 0.01),
                            times("/100", 0.01));
            case HUMIDITY -> List.of(own, times("/", 100));
            case PRESSURE ->
                    List.of(
                            own,
                            times("hPa", 100),
                            times("mbar", 100),
                            times("kPa", 1_000),
                            times("bar", 100_000));
            case ACCELERATION -> List.of(own, times("g", STANDARD_GRAVITY), times("Gal", 0.01));
            case VELOCITY -> List.of(own, times("mm/s", 0.001), times("km/h", 1 / 3.6));
            case LEVEL ->
                    List.of(
                            own,
                            times("mm", 0.001),
                            times("cm", 0.01),
                            times("km", 1_000),
                            times("ft", METRES_PER_FOOT));
            case STRAIN -> List.of(own, times("um/m", 1e-6), times("ppm", 1e-6));
            case TILT -> List.of(own, times("mrad", 0.001), times("deg", Math.PI / 180));
            case VOLTAGE -> List.of(own, times("mV", 0.001));
            case CURRENT -> List.of(own, times("mA", 0.001));
            case RATE -> List.of(own, times("1/min", 1.0 / 60), times("1/h", 1.0 / 3_600));
            case OCCUPANCY -> List.of(own, times("/100", 0.01), times("%", 0.01));
            case CONTACT -> List.of(own);
        };
    }

    private static Unit times(String symbol, double factor) {
        return new Unit(symbol, value -> value * factor);
    }
}
