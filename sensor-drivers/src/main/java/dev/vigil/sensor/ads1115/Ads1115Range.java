package dev.vigil.sensor.ads1115;

/**
 * Full scales of an ADS1115 (TI SBAS444E, table 6-3 "Full-Scale Range and Corresponding LSB Size").
 */
public enum Ads1115Range {
    V6_144(0, 6.144),
    V4_096(1, 4.096),
    V2_048(2, 2.048),
    V1_024(3, 1.024),
    V0_512(4, 0.512),
    V0_256(5, 0.256);

    private final int code;
    private final double fullScale;

    Ads1115Range(int code, double fullScale) {
        this.code = code;
        this.fullScale = fullScale;
    }

    /** Bits 11 to 9 of the configuration. */
    int code() {
        return code;
    }

    /** The greatest voltage, volt; site.yaml names a range by it. */
    public double fullScale() {
        return fullScale;
    }

    /** Volt for a conversion register's two's complement. */
    double volt(int register) {
        return (short) register * (fullScale / 32768);
    }

    /** The voltage is at the end of the range, or beyond it. */
    static boolean clipped(int register) {
        short raw = (short) register;
        return raw == Short.MAX_VALUE || raw == Short.MIN_VALUE;
    }
}
