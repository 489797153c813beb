package dev.vigil.sensor.max31865;

/**
 * Industrial platinum resistance thermometers: the Callendar-Van Dusen equation with the
 * coefficients of IEC 60751:2022, 5.2, between -200 and 850 degrees Celsius. Immutable.
 *
 * @param ohmAtZero 100 for a PT100, 1000 for a PT1000
 */
record PlatinumThermometer(double ohmAtZero) {
    static final double CELSIUS_MIN = -200;
    static final double CELSIUS_MAX = 850;

    /** A converter rounds: what is at the end of the range may come out beyond it. */
    private static final double ROUNDING_CELSIUS = 0.5;

    private static final double A = 3.9083e-3;
    private static final double B = -5.775e-7;
    private static final double C = -4.183e-12;
    private static final int STEPS_MAX = 20;

    double ohm(double celsius) {
        double t = celsius;
        double belowZero = t < 0 ? C * (t - 100) * t * t * t : 0;
        return ohmAtZero * (1 + A * t + B * t * t + belowZero);
    }

    /**
     * The temperature at a resistance: solved exactly above zero, by Newton's method below. NaN
     * outside of the standard's range.
     */
    double celsius(double ohm) {
        if (!(ohm >= ohm(CELSIUS_MIN - ROUNDING_CELSIUS))
                || !(ohm <= ohm(CELSIUS_MAX + ROUNDING_CELSIUS))) {
            return Double.NaN;
        }
        double t = (-A + Math.sqrt(A * A - 4 * B * (1 - ohm / ohmAtZero))) / (2 * B);
        if (t >= 0) {
            return t;
        }
        for (int step = 0; step < STEPS_MAX; step++) {
            double slope = ohmAtZero * (A + 2 * B * t + C * t * t * (4 * t - 300));
            double correction = (ohm(t) - ohm) / slope;
            t -= correction;
            if (Math.abs(correction) < 1e-9) {
                break;
            }
        }
        return t;
    }
}
