package dev.vigil.sensor;

/**
 * One thing a driver measures (VIM 2.3: the quantity intended to be measured), of which a site
 * makes a channel when it wants it.
 *
 * @param name unique in its driver, {@code pm2.5}; where a driver measures a quantity once, the
 *     quantity's own name
 */
public record Measurand(String name, Quantity quantity) {
    /** Named like its quantity. */
    public static Measurand of(Quantity quantity) {
        return new Measurand(quantity.senmlName(), quantity);
    }
}
