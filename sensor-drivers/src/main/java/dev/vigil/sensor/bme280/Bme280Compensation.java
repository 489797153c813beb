package dev.vigil.sensor.bme280;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * From a BME280's raw values to temperature, pressure and humidity, with the trimming parameters of
 * one chip: the formulas in floating point of Bosch's BST-BME280-DS002 (4.2.3 and 8.1). Immutable.
 */
record Bme280Compensation(Temperature temperature, Pressure pressure, Humidity humidity) {
    /** Bytes from register 0x88 on: T1 to P9, a reserved one, H1. */
    static final int FIRST_BYTES = 26;

    /** Bytes from register 0xE1 on: H2 to H6. */
    static final int SECOND_BYTES = 7;

    record Temperature(int t1, int t2, int t3) {
        /** The "fine temperature" the other formulas need: 5120 to a degree. */
        double fine(int raw) {
            double linear = (raw / 16384.0 - t1 / 1024.0) * t2;
            double deviation = raw / 131072.0 - t1 / 8192.0;
            return linear + deviation * deviation * t3;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Pressure(int p1, int[] p2to9) {
        /** Pascal; NaN when the parameters can't be of a chip. */
        double pascal(int raw, double fine) {
            double t = fine / 2 - 64000;
            double offset = (t * t * p(6) / 32768 + t * p(5) * 2) / 4 + p(4) * 65536.0;
            double scale = (1 + (p(3) * t * t / 524288 + p(2) * t) / 524288 / 32768) * p1;
            if (scale == 0) {
                return Double.NaN;
            }
            double pressure = (1048576 - raw - offset / 4096) * 6250 / scale;
            double square = p(9) * pressure * pressure / 2147483648.0;
            return pressure + (square + pressure * p(8) / 32768 + p(7)) / 16;
        }

        private double p(int number) {
            return p2to9[number - 2];
        }
    }

    record Humidity(int h1, int h2, int h3, int h4, int h5, int h6) {
        /** Percent, 0 to 100. */
        double percent(int raw, double fine) {
            double t = fine - 76800;
            double slope = h2 / 65536.0 * (1 + h6 / 67108864.0 * t * (1 + h3 / 67108864.0 * t));
            double linear = (raw - (h4 * 64.0 + h5 / 16384.0 * t)) * slope;
            return Math.clamp(linear * (1 - h1 * linear / 524288), 0, 100);
        }
    }

    /**
     * The parameters as a chip tells them (4.2.2, table 16).
     *
     * @param first {@link #FIRST_BYTES} bytes from register 0x88
     * @param second {@link #SECOND_BYTES} bytes from register 0xE1
     */
    static Bme280Compensation of(byte[] first, byte[] second) {
        ByteBuffer words = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
        Temperature temperature =
                new Temperature(unsigned(words.getShort()), words.getShort(), words.getShort());
        int p1 = unsigned(words.getShort());
        int[] p2to9 = new int[8];
        for (int i = 0; i < p2to9.length; i++) {
            p2to9[i] = words.getShort();
        }
        Humidity humidity =
                new Humidity(
                        Byte.toUnsignedInt(first[25]),
                        ByteBuffer.wrap(second).order(ByteOrder.LITTLE_ENDIAN).getShort(),
                        Byte.toUnsignedInt(second[2]),
                        (second[3] << 4) | (second[4] & 0xF),
                        (second[5] << 4) | ((second[4] & 0xF0) >> 4),
                        second[6]);
        return new Bme280Compensation(temperature, new Pressure(p1, p2to9), humidity);
    }

    /** What an absent chip or a stuck bus reads as (all bits 0 or all 1) is no chip's. */
    boolean isOfAChip() {
        return isSet(temperature.t1) && isSet(pressure.p1) && temperature.t2 != 0;
    }

    double celsius(int rawTemperature) {
        return temperature.fine(rawTemperature) / 5120;
    }

    private static boolean isSet(int word) {
        return word != 0 && word != 0xFFFF;
    }

    private static int unsigned(short word) {
        return Short.toUnsignedInt(word);
    }
}
