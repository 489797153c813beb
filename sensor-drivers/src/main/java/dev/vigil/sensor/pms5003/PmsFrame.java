package dev.vigil.sensor.pms5003;

import dev.vigil.sensor.bus.BigEndian;

/**
 * One message of a PMS5003 (Plantower, PMS5003 series data manual, appendix I: transport protocol,
 * active mode): 0x42 0x4D, the length 28, thirteen words, the sum of all bytes before. Immutable.
 *
 * @param pm1 particles up to 1 um "under atmospheric environment", ug/m3, like the two others
 * @param error the module's own error code; 0 for none
 */
record PmsFrame(int pm1, int pm2p5, int pm10, int error) {
    static final int BYTES = 32;
    static final int START = 0x424D;

    /** Ug/m3 to kg/m3. */
    static final double KILOGRAMS = 1e-9;

    private static final int LENGTH = 28;
    private static final int SUMMED_BYTES = 30;

    /** The two bytes every message begins with. */
    static boolean begins(byte[] bytes) {
        return BigEndian.word(bytes, 0) == START;
    }

    /** What is wrong with these {@link #BYTES} bytes; empty when they are a message. */
    static String problem(byte[] bytes) {
        int start = BigEndian.word(bytes, 0);
        int length = BigEndian.word(bytes, 2);
        if (start != START || length != LENGTH) {
            return "begins with %04X, length %d, expected 424D, %d"
                    .formatted(start, length, LENGTH);
        }
        int sum = 0;
        for (int i = 0; i < SUMMED_BYTES; i++) {
            sum += bytes[i] & 0xFF;
        }
        int told = BigEndian.word(bytes, SUMMED_BYTES);
        return sum == told ? "" : "its sum is %04X, it says %04X".formatted(sum, told);
    }

    /** Of bytes without a {@link #problem}. */
    static PmsFrame of(byte[] bytes) {
        return new PmsFrame(
                BigEndian.word(bytes, 10),
                BigEndian.word(bytes, 12),
                BigEndian.word(bytes, 14),
                bytes[29] & 0xFF);
    }
}
