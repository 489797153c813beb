package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the part of CBOR (RFC 8949) that a SenML pack needs into one buffer that is used again.
 * Owned by one thread.
 */
final class CborWriter {
    private static final int UNSIGNED = 0x00;
    private static final int NEGATIVE = 0x20;
    private static final int TEXT = 0x60;
    private static final int ARRAY = 0x80;
    private static final int MAP = 0xa0;
    private static final int TAG_DECIMAL_FRACTION = 0xc4;
    private static final int FLOAT = 0xfa;
    private static final int DOUBLE = 0xfb;

    private byte[] buffer = new byte[64 * 1024];
    private int length;

    void reset() {
        length = 0;
    }

    int length() {
        return length;
    }

    /** The buffer itself; valid up to {@link #length()} until the next write. */
    byte[] buffer() {
        return buffer;
    }

    void array(int size) {
        head(ARRAY, size);
    }

    void map(int size) {
        head(MAP, size);
    }

    void integer(long value) {
        if (value >= 0) {
            head(UNSIGNED, value);
        } else {
            head(NEGATIVE, ~value);
        }
    }

    /** {@code mantissa * 10^exponent} (RFC 8949, section 3.4.4). */
    void decimal(long mantissa, int exponent) {
        ensure(2);
        buffer[length++] = (byte) TAG_DECIMAL_FRACTION;
        buffer[length++] = (byte) (ARRAY | 2);
        integer(exponent);
        integer(mantissa);
    }

    /** In four bytes where that loses nothing, else in eight. */
    void floating(double value) {
        ensure(9);
        float narrow = (float) value;
        if (narrow == value) {
            buffer[length++] = (byte) FLOAT;
            bigEndian(Float.floatToRawIntBits(narrow), 4);
        } else {
            buffer[length++] = (byte) DOUBLE;
            bigEndian(Double.doubleToRawLongBits(value), 8);
        }
    }

    void text(String value) {
        textAfter("", value);
    }

    /** One text of two parts. */
    void textAfter(String prefix, String value) {
        int characters = prefix.length() + value.length();
        int start = length;
        head(TEXT, characters);
        ensure(characters);
        if (!ascii(prefix) || !ascii(value)) {
            length = start;
            byte[] utf8 = (prefix + value).getBytes(StandardCharsets.UTF_8);
            head(TEXT, utf8.length);
            ensure(utf8.length);
            System.arraycopy(utf8, 0, buffer, length, utf8.length);
            length += utf8.length;
        }
    }

    private boolean ascii(String value) {
        int at = length;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                return false;
            }
            buffer[at++] = (byte) c;
        }
        length = at;
        return true;
    }

    private void head(int major, long value) {
        ensure(9);
        if (value < 0) { // as unsigned: beyond 2^63
            throw new IllegalArgumentException("CBOR head of " + Long.toUnsignedString(value));
        } else if (value < 24) {
            buffer[length++] = (byte) (major | (int) value);
        } else if (value < 0x100) {
            buffer[length++] = (byte) (major | 24);
            buffer[length++] = (byte) value;
        } else if (value < 0x1_0000) {
            buffer[length++] = (byte) (major | 25);
            bigEndian(value, 2);
        } else if (value < 0x1_0000_0000L) {
            buffer[length++] = (byte) (major | 26);
            bigEndian(value, 4);
        } else {
            buffer[length++] = (byte) (major | 27);
            bigEndian(value, 8);
        }
    }

    private void bigEndian(long value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            buffer[length++] = (byte) (value >>> shift);
        }
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
