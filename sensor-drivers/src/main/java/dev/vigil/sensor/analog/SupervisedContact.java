package dev.vigil.sensor.analog;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;

/**
 * A dry contact (call point, flood switch, door, tamper) whose wire is supervised: a resistor at
 * its end is always there, a second one is switched in parallel by the contact. What the wire's
 * resistance is neither of the two, it is cut, shorted or tampered with, and the contact is
 * unknown.
 *
 * @param supplyVolt over the pull-up and the wire together
 * @param pullUpOhm between the supply and the wire, where the voltage is measured
 * @param endOhm at the end of the wire, always there
 * @param contactOhm in series with the contact, in parallel to {@code endOhm}
 * @param tolerance how far a resistance may be from what it should be, as a share of it
 */
public record SupervisedContact(
        double supplyVolt, double pullUpOhm, double endOhm, double contactOhm, double tolerance)
        implements Transducer {
    public SupervisedContact {
        if (!(supplyVolt > 0) || !(pullUpOhm > 0) || !(endOhm > 0) || !(contactOhm > 0)) {
            throw new IllegalArgumentException(
                    "a supervised contact with %s V, pull-up %s, end %s, contact %s ohm: each must be more than 0"
                            .formatted(supplyVolt, pullUpOhm, endOhm, contactOhm));
        }
        double closed = parallel(endOhm, contactOhm);
        if (!(tolerance > 0) || closed * (1 + tolerance) >= endOhm * (1 - tolerance)) {
            throw new IllegalArgumentException(
                    "a supervised contact with tolerance %s: open (%.0f ohm) and closed (%.0f ohm) could not be told apart"
                            .formatted(tolerance, endOhm, closed));
        }
    }

    @Override
    public Quantity quantity() {
        return Quantity.CONTACT;
    }

    @Override
    public Meaning of(double volt) {
        double share = Math.clamp(volt / supplyVolt, 0, 1);
        double ohm = share == 1 ? Double.POSITIVE_INFINITY : pullUpOhm * share / (1 - share);
        double closed = parallel(endOhm, contactOhm);
        if (isNear(ohm, endOhm)) {
            return new Value(0, Quality.GOOD);
        }
        if (isNear(ohm, closed)) {
            return new Value(1, Quality.GOOD);
        }
        return new Broken(
                "the line has %.0f ohm, %s; open it has %.0f, closed %.0f"
                        .formatted(
                                ohm,
                                ohm < closed ? "shorted" : ohm > endOhm ? "cut" : "tampered with",
                                endOhm,
                                closed));
    }

    private boolean isNear(double ohm, double nominal) {
        return Math.abs(ohm - nominal) <= tolerance * nominal;
    }

    private static double parallel(double a, double b) {
        return a * b / (a + b);
    }
}
