package dev.vigil.sensor.sensirion;

import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.BigEndian;
import dev.vigil.sensor.bus.I2cChip;

/**
 * The words of Sensirion's I2C sensors: 16 bits, high byte first, then a CRC-8 (polynomial 0x31,
 * begins with 0xFF; SHT3x-DIS data sheet, 4.12). Stateless.
 */
public final class SensirionWords {
    /** Two of the word, one of its checksum. */
    public static final int BYTES = 3;

    private SensirionWords() {}

    public static int crc(int word) {
        int crc = 0xFF;
        for (int shift = 8; shift >= 0; shift -= 8) {
            crc ^= (word >> shift) & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x80) == 0 ? crc << 1 : (crc << 1) ^ 0x131;
            }
        }
        return crc;
    }

    /**
     * One word of an answer, when its checksum is right.
     *
     * @param chip named in the fault
     */
    public static int word(byte[] answer, int index, I2cChip chip) throws SensorFault {
        int at = index * BYTES;
        int word = BigEndian.word(answer, at);
        int told = Byte.toUnsignedInt(answer[at + 2]);
        int right = crc(word);
        if (told != right) {
            throw chip.fault(
                    "word %d of its answer is %04X with checksum %02X, right would be %02X"
                            .formatted(index, word, told, right));
        }
        return word;
    }

    /** SHT3x-DIS, 4.13, and SCD4x, 3.5.2: -45 to 130 degrees Celsius over the word's span. */
    public static double celsius(int word) {
        return -45 + 175 * (word / 65535.0);
    }

    /** The same sections: 0 to 100 percent over the word's span. */
    public static double relativeHumidity(int word) {
        return 100 * (word / 65535.0);
    }
}
