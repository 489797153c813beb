package dev.vigil.policy.fires;

import java.util.List;
import java.util.Locale;

/** Small sums for the tables. Stateless. */
final class Statistics {
    private Statistics() {}

    /** Of an even count the mean of the middle two; infinite when the middle is. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        if (sorted.isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /**
     * Slope of the least-squares line through the rows of the last {@code window} seconds up to
     * {@code row}; 0 until they span the window's half and are three.
     */
    static double slopePerMinute(double[] seconds, double[] values, int row, double window) {
        double n = 0;
        double st = 0;
        double sv = 0;
        double stt = 0;
        double stv = 0;
        double first = seconds[row];
        for (int i = row; i >= 0 && seconds[row] - seconds[i] <= window; i--) {
            double t = seconds[i] - seconds[row];
            n++;
            st += t;
            sv += values[i];
            stt += t * t;
            stv += t * values[i];
            first = seconds[i];
        }
        if (n < 3 || seconds[row] - first < window / 2) {
            return 0;
        }
        return (n * stv - st * sv) / (n * stt - st * st) * 60;
    }

    static String seconds(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.0f", value) : "never";
    }

    /** With its sign: minus is earlier. */
    static String difference(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%+.0f s", value) : "never";
    }
}
