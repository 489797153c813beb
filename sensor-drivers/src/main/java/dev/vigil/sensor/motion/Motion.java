package dev.vigil.sensor.motion;

import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quantity;
import java.util.List;

/**
 * What the accelerations of one window tell: their mean, the tilt it shows and how much they
 * deviate from it. Immutable; all in m/s2 and radians.
 *
 * @param x mean acceleration along the axis, like {@code y} and {@code z}
 * @param vibration root of the mean squared distance from the mean, over the three axes
 * @param peak the greatest distance from the mean
 */
public record Motion(double x, double y, double z, double vibration, double peak) {
    /** The standard acceleration of gravity (CGPM 1901), m/s2. */
    public static final double G = 9.80665;

    /** In the order of {@link #values}. */
    public static final List<Measurand> MEASURANDS =
            List.of(
                    new Measurand("x", Quantity.ACCELERATION),
                    new Measurand("y", Quantity.ACCELERATION),
                    new Measurand("z", Quantity.ACCELERATION),
                    new Measurand("tilt-x", Quantity.TILT),
                    new Measurand("tilt-y", Quantity.TILT),
                    new Measurand("vibration", Quantity.ACCELERATION),
                    new Measurand("vibration-peak", Quantity.ACCELERATION));

    /**
     * @param samples x, y, z of one sample after the other, {@code count} samples, at least one
     * @param scale m/s2 for one unit of a sample
     */
    public static Motion of(double[] samples, int count, double scale) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "motion of %d samples: one is needed".formatted(count));
        }
        double[] mean = new double[3];
        for (int i = 0; i < 3 * count; i++) {
            mean[i % 3] += samples[i];
        }
        for (int axis = 0; axis < 3; axis++) {
            mean[axis] /= count;
        }
        double sum = 0;
        double greatest = 0;
        for (int i = 0; i < count; i++) {
            double square = 0;
            for (int axis = 0; axis < 3; axis++) {
                double deviation = samples[3 * i + axis] - mean[axis];
                square += deviation * deviation;
            }
            sum += square;
            greatest = Math.max(greatest, square);
        }
        return new Motion(
                mean[0] * scale,
                mean[1] * scale,
                mean[2] * scale,
                Math.sqrt(sum / count) * scale,
                Math.sqrt(greatest) * scale);
    }

    /** How far the x axis leans from the horizontal (Analog Devices AN-1057, equation 11). */
    public double tiltX() {
        return Math.atan2(x, Math.hypot(y, z));
    }

    /** How far the y axis leans from the horizontal (AN-1057, equation 12). */
    public double tiltY() {
        return Math.atan2(y, Math.hypot(x, z));
    }

    /** In free fall there is no down: the tilt is unknown. */
    public double[] values() {
        double length = Math.hypot(Math.hypot(x, y), z);
        boolean falling = length < 0.5 * G;
        return new double[] {
            x, y, z, falling ? Double.NaN : tiltX(), falling ? Double.NaN : tiltY(), vibration, peak
        };
    }
}
