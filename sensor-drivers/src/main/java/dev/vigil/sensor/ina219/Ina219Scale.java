package dev.vigil.sensor.ina219;

/**
 * The arithmetic of TI's INA219 (SBOS448G, 8.5.1 "Programming the Calibration Register" and 8.6
 * "Register Maps"). Immutable.
 *
 * @param shuntOhm resistance of the shunt
 * @param ampereMax the greatest current to be measured: its 32768th part is one step
 */
public record Ina219Scale(double shuntOhm, double ampereMax) {
    /** Volt for one step of the bus voltage register, whose lowest three bits are flags. */
    static final double BUS_VOLT = 0.004;

    private static final double FIXED = 0.04096;

    /** A quotient that should be whole may come out a little less. */
    private static final double ROUNDING = 1e-6;

    public Ina219Scale {
        if (!(shuntOhm > 0) || !(ampereMax > 0)) {
            throw new IllegalArgumentException(
                    "ina219 with shunt %s ohm for %s A: both must be more than 0"
                            .formatted(shuntOhm, ampereMax));
        }
        double calibration = exact(shuntOhm, ampereMax);
        if (calibration < 2 || calibration >= 0xFFFF) {
            throw new IllegalArgumentException(
                    "ina219 with shunt %s ohm for %s A: its calibration register would be %.0f, possible are 2 to 65534"
                            .formatted(shuntOhm, ampereMax, calibration));
        }
    }

    /** What the calibration register must hold; its lowest bit is always 0. */
    int calibration() {
        return (int) (exact(shuntOhm, ampereMax) + ROUNDING) & 0xFFFE;
    }

    private static double exact(double shuntOhm, double ampereMax) {
        return FIXED / (ampereMax / 32768 * shuntOhm);
    }

    /** Ampere for the current register, as the calibration that was really written has it. */
    double ampere(int currentRegister) {
        return (short) currentRegister * (FIXED / (calibration() * shuntOhm));
    }

    static double volt(int busRegister) {
        return (busRegister >> 3) * BUS_VOLT;
    }

    /** The chip could not compute: current and power mean nothing. */
    static boolean overflowed(int busRegister) {
        return (busRegister & 1) != 0;
    }
}
