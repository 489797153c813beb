package dev.vigil.sensor;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From a unit that sensors send to the one unit of a {@link Quantity}; immutable. Known are the
 * SenML units of RFC 8428 (12.1), the secondary units of RFC 8798 (table 2) and, because no SenML
 * unit is registered for smoke, the ways detectors state it:
 *
 * <ul>
 *   <li>{@code 1/m} or {@code OD/m}, optical density: obscuration = 1 - 10^(-OD);
 *   <li>{@code dB/m}, ten times that (EN 54-7): obscuration = 1 - 10^(-dB/10);
 *   <li>{@code %/m}, obscuration in percent;
 *   <li>{@code %/ft}, obscuration in percent over a foot (UL 268), which compounds over a metre:
 *       obscuration = 1 - (1 - percent/100)^(1/0.3048).
 * </ul>
 *
 * <p>A bare {@code %} is refused for smoke: it may be of the light, of the alarm threshold, or of
 * the chamber. {@code %EL} (of the explosion limit) is refused because it needs the gas's limit.
 */
public final class UnitConversion {
    private enum Kind {
        LINEAR,
        OPTICAL_DENSITY,
        PER_FOOT
    }

    private record Unit(String symbol, Kind kind, double times, double per, double plus) {
        /**
         * One sent unit is {@code times / per} base units: two numbers, so that 50 ppm is exact.
         */
        static Unit linear(String symbol, double times, double per) {
            return new Unit(symbol, Kind.LINEAR, times, per, 0);
        }
    }

    private static final List<Unit> RATIOS =
            List.of(
                    Unit.linear("/", 1, 1),
                    Unit.linear("ppm", 1, 1e6),
                    Unit.linear("ppb", 1, 1e9),
                    Unit.linear("/100", 1, 100),
                    Unit.linear("/1000", 1, 1000),
                    Unit.linear("%", 1, 100),
                    Unit.linear("%vol", 1, 100),
                    Unit.linear("um/m", 1, 1e6));
    private static final List<Unit> SMOKE =
            List.of(
                    Unit.linear("/", 1, 1),
                    Unit.linear("%/m", 1, 100),
                    new Unit("1/m", Kind.OPTICAL_DENSITY, 1, 1, 0),
                    new Unit("OD/m", Kind.OPTICAL_DENSITY, 1, 1, 0),
                    new Unit("dB/m", Kind.OPTICAL_DENSITY, 1, 10, 0),
                    new Unit("%/ft", Kind.PER_FOOT, 1, 100, 0));
    private static final Map<String, List<Unit>> BY_BASE =
            Map.ofEntries(
                    Map.entry(
                            "Cel",
                            List.of(
                                    Unit.linear("Cel", 1, 1),
                                    new Unit("K", Kind.LINEAR, 1, 1, -273.15),
                                    new Unit("degF", Kind.LINEAR, 5, 9, -160.0 / 9))),
                    Map.entry("/", RATIOS),
                    Map.entry("%RH", List.of(Unit.linear("%RH", 1, 1), Unit.linear("%", 1, 1))),
                    Map.entry(
                            "Pa",
                            List.of(
                                    Unit.linear("Pa", 1, 1),
                                    Unit.linear("hPa", 100, 1),
                                    Unit.linear("kPa", 1000, 1),
                                    Unit.linear("mbar", 100, 1),
                                    Unit.linear("bar", 1e5, 1))),
                    Map.entry(
                            "m/s2",
                            List.of(
                                    Unit.linear("m/s2", 1, 1),
                                    Unit.linear("mm/s2", 1, 1000),
                                    Unit.linear("Gal", 1, 100),
                                    Unit.linear("g", 9.80665, 1))),
                    Map.entry(
                            "m/s",
                            List.of(
                                    Unit.linear("m/s", 1, 1),
                                    Unit.linear("mm/s", 1, 1000),
                                    Unit.linear("km/h", 1, 3.6),
                                    Unit.linear("m/h", 1, 3600),
                                    Unit.linear("mm/h", 1, 3.6e6))),
                    Map.entry(
                            "m",
                            List.of(
                                    Unit.linear("m", 1, 1),
                                    Unit.linear("mm", 1, 1000),
                                    Unit.linear("cm", 1, 100),
                                    Unit.linear("km", 1000, 1),
                                    Unit.linear("ft", 0.3048, 1))),
                    Map.entry(
                            "rad",
                            List.of(
                                    Unit.linear("rad", 1, 1),
                                    Unit.linear("mrad", 1, 1000),
                                    Unit.linear("deg", Math.PI, 180))),
                    Map.entry(
                            "kg/m3",
                            List.of(
                                    Unit.linear("kg/m3", 1, 1),
                                    Unit.linear("mg/m3", 1, 1e6),
                                    Unit.linear("ug/m3", 1, 1e9))),
                    Map.entry(
                            "m3/s",
                            List.of(
                                    Unit.linear("m3/s", 1, 1),
                                    Unit.linear("l/s", 1, 1000),
                                    Unit.linear("l/min", 1, 60_000),
                                    Unit.linear("m3/h", 1, 3600))),
                    Map.entry("V", List.of(Unit.linear("V", 1, 1), Unit.linear("mV", 1, 1000))),
                    Map.entry("A", List.of(Unit.linear("A", 1, 1), Unit.linear("mA", 1, 1000))),
                    Map.entry(
                            "1/s",
                            List.of(
                                    Unit.linear("1/s", 1, 1),
                                    Unit.linear("Hz", 1, 1),
                                    Unit.linear("1/min", 1, 60),
                                    Unit.linear("1/h", 1, 3600))));

    private final Unit unit;

    private UnitConversion(Unit unit) {
        this.unit = unit;
    }

    /**
     * How values in {@code unit} become values of {@code quantity}; empty when the unit is unknown
     * or does not measure that quantity. Case counts, as in SenML.
     *
     * @param unit the empty text is the quantity's own unit
     */
    public static Optional<UnitConversion> to(Quantity quantity, String unit) {
        if (unit.isEmpty()) {
            return Optional.of(own(quantity));
        }
        for (Unit known : unitsOf(quantity)) {
            if (known.symbol.equals(unit)) {
                return Optional.of(new UnitConversion(known));
            }
        }
        return Optional.empty();
    }

    /** Of values that are in the quantity's own unit already. */
    public static UnitConversion own(Quantity quantity) {
        return new UnitConversion(Unit.linear(quantity.unit(), 1, 1));
    }

    /** The units {@link #to} knows for a quantity, its own first, for an error message. */
    public static List<String> symbolsFor(Quantity quantity) {
        return unitsOf(quantity).stream().map(Unit::symbol).toList();
    }

    /** The value in the quantity's own unit; not finite when {@code value} is not. */
    public double apply(double value) {
        double scaled = value * unit.times / unit.per;
        return switch (unit.kind) {
            case LINEAR -> scaled + unit.plus;
            case OPTICAL_DENSITY -> 1 - Math.pow(10, -scaled);
            case PER_FOOT -> 1 - Math.pow(1 - scaled, 1 / 0.3048);
        };
    }

    /** The unit values come in. */
    @Override
    public String toString() {
        return unit.symbol;
    }

    private static List<Unit> unitsOf(Quantity quantity) {
        return switch (quantity) {
            case OBSCURATION -> SMOKE;
            case CONTACT -> List.of(Unit.linear("/", 1, 1));
            default -> BY_BASE.getOrDefault(quantity.unit(), List.of());
        };
    }
}
