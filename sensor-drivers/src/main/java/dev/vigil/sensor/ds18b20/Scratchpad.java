package dev.vigil.sensor.ds18b20;

/**
 * The nine bytes a DS18B20 answers with (Maxim DS18B20 data sheet, figure 9 "Memory Map" and table
 * 1 "Temperature/Data Relationship"). Immutable.
 *
 * @param sixteenths the temperature register, 16 to a degree
 * @param bits resolution, 9 to 12: bits below it are undefined and dropped
 * @param reserved byte 6: 0x0C from power-on until the first conversion, which the data sheet does
 *     not tell but genuine chips do (cpetrich/counterfeit_DS18B20)
 */
record Scratchpad(int sixteenths, int bits, int reserved) {
    static final int BYTES = 9;

    /** What the temperature register holds at power-on: 85 degrees Celsius. */
    static final int POWER_ON_SIXTEENTHS = 0x0550;

    private static final int POWER_ON_RESERVED = 0x0C;
    private static final int CONFIGURATION_FIXED_BITS = 0x9F;
    private static final int CONFIGURATION_FIXED = 0x1F;

    /**
     * What is wrong with these bytes; empty when nothing is. A shorted bus reads as nine zeros,
     * whose checksum is right: the configuration register tells.
     */
    static String problem(byte[] bytes) {
        if (bytes.length != BYTES) {
            return "%d bytes instead of %d".formatted(bytes.length, BYTES);
        }
        int right = crc(bytes, BYTES - 1);
        int told = bytes[BYTES - 1] & 0xFF;
        if (told != right) {
            return "checksum %02X, right would be %02X".formatted(told, right);
        }
        int configuration = bytes[4] & 0xFF;
        if ((configuration & CONFIGURATION_FIXED_BITS) != CONFIGURATION_FIXED) {
            return "configuration register %02X, a chip's is 0RR11111 in binary: is the bus shorted?"
                    .formatted(configuration);
        }
        return "";
    }

    /** Of bytes without a {@link #problem}. */
    static Scratchpad of(byte[] bytes) {
        int bits = 9 + ((bytes[4] & 0x60) >> 5);
        int raw = (bytes[1] << 8) | Byte.toUnsignedInt(bytes[0]);
        return new Scratchpad(raw & -(1 << (12 - bits)), bits, bytes[6] & 0xFF);
    }

    double celsius() {
        return sixteenths / 16.0;
    }

    /**
     * True for the value a chip has before its first conversion. A copy of the chip may say 0x0C
     * always; at exactly 85.0 degrees it is not believed, at 84.9375 and 85.0625 it is.
     */
    boolean isPowerOnValue() {
        return sixteenths == POWER_ON_SIXTEENTHS && reserved == POWER_ON_RESERVED;
    }

    /** CRC-8 of 1-Wire: x^8 + x^5 + x^4 + 1, least significant bit first (application note 27). */
    static int crc(byte[] bytes, int length) {
        int crc = 0;
        for (int i = 0; i < length; i++) {
            crc ^= bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x8C;
            }
        }
        return crc;
    }
}
