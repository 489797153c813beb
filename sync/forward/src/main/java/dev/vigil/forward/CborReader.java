package dev.vigil.forward;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads CBOR (RFC 8949) as far as SenML needs it, from bytes that may be hostile: every length is
 * checked against what is left, nesting is bounded, and anything wrong is one {@link
 * MalformedBlock}. Owned by one thread.
 */
final class CborReader {
    static final int INDEFINITE = -1;
    private static final int NESTING_MAX = 8;
    private static final int DECIMAL_EXPONENT_MAX = 400;

    private final byte[] bytes;
    private final int end;
    private int at;

    CborReader(byte[] bytes, int length) {
        this.bytes = bytes;
        this.end = length;
    }

    boolean atEnd() {
        return at == end;
    }

    /** Number of items, or {@link #INDEFINITE}. */
    int array() {
        return container(4, "an array");
    }

    /** Number of pairs, or {@link #INDEFINITE}. */
    int map() {
        return container(5, "a map");
    }

    /** True (and past it) at the end of an indefinite array or map. */
    boolean takeBreak() {
        if (peek() == 0xff) {
            at++;
            return true;
        }
        return false;
    }

    boolean atText() {
        return peek() >> 5 == 3;
    }

    long integer() {
        int major = peek() >> 5;
        if (major > 1) {
            throw malformed("an integer");
        }
        long value = argument();
        if (value < 0) {
            throw malformed("an integer of 64 bits");
        }
        return major == 0 ? value : ~value;
    }

    String text() {
        if (!atText()) {
            throw malformed("a text");
        }
        if (bytes[at] != 0x7f) {
            return definiteText();
        }
        at++;
        var text = new StringBuilder();
        while (!takeBreak()) {
            if (!atText() || bytes[at] == 0x7f) {
                throw malformed("a part of a text");
            }
            text.append(definiteText());
        }
        return text.toString();
    }

    /** An integer, a float of any width or a decimal fraction; exact. */
    BigDecimal number() {
        int head = peek();
        if (head >> 5 <= 1) {
            long magnitude = argument();
            var value = new BigDecimal(new BigInteger(Long.toUnsignedString(magnitude)));
            return head >> 5 == 0 ? value : value.negate().subtract(BigDecimal.ONE);
        }
        if (head == 0xc4) {
            at++;
            if (array() != 2) {
                throw malformed("a decimal fraction of two integers");
            }
            long exponent = integer();
            if (Math.abs(exponent) > DECIMAL_EXPONENT_MAX) {
                throw malformed("a decimal exponent of at most " + DECIMAL_EXPONENT_MAX);
            }
            return BigDecimal.valueOf(integer()).scaleByPowerOfTen((int) exponent);
        }
        return new BigDecimal(floating());
    }

    /** The number as a double; the sign of zero is kept. */
    double real() {
        int head = peek();
        return head >> 5 == 7 ? floating() : number().doubleValue();
    }

    /** Past one value of any kind. */
    void skip() {
        skip(0);
    }

    MalformedBlock malformed(String expected) {
        return new MalformedBlock(
                "SenML pack, byte %d: expected %s, found %s"
                        .formatted(
                                at,
                                expected,
                                at < end ? "0x%02x".formatted(bytes[at] & 0xff) : "the end"));
    }

    private void skip(int depth) {
        if (depth > NESTING_MAX) {
            throw malformed("nesting of at most " + NESTING_MAX);
        }
        int head = peek();
        switch (head >> 5) {
            case 0, 1 -> argument();
            case 2 -> skipString(2);
            case 3 -> text();
            case 4 -> skipItems(array(), 1, depth);
            case 5 -> skipItems(map(), 2, depth);
            case 6 -> {
                argument();
                skip(depth + 1);
            }
            default -> {
                if (head == 0xff) {
                    throw malformed("a value");
                }
                argument();
            }
        }
    }

    private void skipItems(int size, int valuesEach, int depth) {
        if (size == INDEFINITE) {
            while (!takeBreak()) {
                skip(depth + 1);
            }
            return;
        }
        for (long i = 0; i < (long) size * valuesEach; i++) {
            skip(depth + 1);
        }
    }

    private void skipString(int major) {
        if ((bytes[at] & 0x1f) == 31) {
            at++;
            while (!takeBreak()) {
                if (peek() >> 5 != major || (bytes[at] & 0x1f) == 31) {
                    throw malformed("a part of a byte string");
                }
                at += length();
            }
            return;
        }
        at += length();
    }

    private String definiteText() {
        int length = length();
        int start = at;
        at += length;
        try {
            CharBuffer text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes, start, length));
            return text.toString();
        } catch (CharacterCodingException e) {
            at = start;
            throw malformed("UTF-8");
        }
    }

    private double floating() {
        int head = peek();
        int width =
                switch (head) {
                    case 0xf9 -> 2;
                    case 0xfa -> 4;
                    case 0xfb -> 8;
                    default -> throw malformed("a number");
                };
        long bits = argument();
        double value =
                switch (width) {
                    case 2 -> Float.float16ToFloat((short) bits);
                    case 4 -> Float.intBitsToFloat((int) bits);
                    default -> Double.longBitsToDouble(bits);
                };
        if (!Double.isFinite(value)) {
            throw malformed("a finite number before this");
        }
        return value;
    }

    private int container(int major, String what) {
        if (peek() >> 5 != major) {
            throw malformed(what);
        }
        if ((bytes[at] & 0x1f) == 31) {
            at++;
            return INDEFINITE;
        }
        // Each item takes at least one byte: no promise of more than is there.
        return length();
    }

    /** A length that what is left can hold. */
    private int length() {
        long length = argument();
        if (length < 0 || length > end - at) {
            throw malformed(
                    "a length of at most the %d bytes left before this".formatted(end - at));
        }
        return (int) length;
    }

    private int peek() {
        if (at >= end) {
            throw malformed("more");
        }
        return bytes[at] & 0xff;
    }

    /** The head's argument; moves behind it. */
    private long argument() {
        int information = peek() & 0x1f;
        if (information < 24) {
            at++;
            return information;
        }
        if (information > 27) {
            throw malformed("a head with a length");
        }
        int width = 1 << (information - 24);
        if (end - at - 1 < width) {
            throw malformed("a head of %d bytes".formatted(width + 1));
        }
        long value = 0;
        for (int i = 1; i <= width; i++) {
            value = value << 8 | (bytes[at + i] & 0xff);
        }
        at += width + 1;
        return value;
    }
}
