package dev.vigil.sensor.modbus;

import java.nio.ByteBuffer;

/**
 * What one or two registers mean: {@code offset + factor x number}, in the quantity's unit.
 * Immutable.
 *
 * @param lowWordFirst the device sends the lower half of a number of 32 bits first
 */
public record RegisterFormat(Type type, boolean lowWordFirst, double factor, double offset) {
    /** The number in the registers. */
    public enum Type {
        U16(1),
        S16(1),
        U32(2),
        S32(2),
        /** IEEE 754, single precision. */
        F32(2);

        private final int registers;

        Type(int registers) {
            this.registers = registers;
        }
    }

    public RegisterFormat {
        if (!Double.isFinite(factor) || factor == 0 || !Double.isFinite(offset)) {
            throw new IllegalArgumentException(
                    "a register with factor %s and offset %s: both must be finite, the factor not 0"
                            .formatted(factor, offset));
        }
    }

    int registers() {
        return type.registers;
    }

    /**
     * @param bytes two for each register, high byte first
     * @return not finite when the device says so
     */
    double value(byte[] bytes) {
        ByteBuffer words = ByteBuffer.wrap(bytes);
        int number =
                switch (type) {
                    case U16, S16 -> words.getShort(0);
                    case U32, S32, F32 ->
                            lowWordFirst
                                    ? Integer.rotateLeft(words.getInt(0), 16)
                                    : words.getInt(0);
                };
        double raw =
                switch (type) {
                    case U16 -> number & 0xFFFF;
                    case S16, S32 -> number;
                    case U32 -> Integer.toUnsignedLong(number);
                    case F32 -> Float.intBitsToFloat(number);
                };
        return offset + factor * raw;
    }
}
