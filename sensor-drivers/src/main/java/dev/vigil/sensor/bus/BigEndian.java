package dev.vigil.sensor.bus;

/** Numbers as most chips send them: high byte first. Stateless. */
public final class BigEndian {
    private BigEndian() {}

    /** Two bytes from {@code at} on, 0 to 65535. */
    public static int word(byte[] bytes, int at) {
        return (Byte.toUnsignedInt(bytes[at]) << 8) | Byte.toUnsignedInt(bytes[at + 1]);
    }

    /** Two bytes that hold {@code value}. */
    public static byte[] word(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }
}
