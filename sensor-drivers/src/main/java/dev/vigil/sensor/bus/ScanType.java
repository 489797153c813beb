package dev.vigil.sensor.bus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one number lies in a scan: {@code le:s12/16>>4} is a signed number of 12 bits in 16, low byte
 * first, 4 bits above its end (Documentation/ABI/testing/sysfs-bus-iio, {@code in_..._type}).
 * Immutable.
 *
 * @param bits of the number, 1 to {@code storageBits}
 * @param storageBits 8, 16, 32 or 64
 * @param shift bits to its right that are none of it
 */
public record ScanType(boolean bigEndian, boolean signed, int bits, int storageBits, int shift) {
    private static final Pattern TEXT =
            Pattern.compile("([bl])e:([su])(\\d{1,2})/(\\d{1,2})(?:X1)?>>(\\d{1,2})");

    public ScanType {
        boolean whole =
                storageBits == 8 || storageBits == 16 || storageBits == 32 || storageBits == 64;
        if (!whole || bits < 1 || shift < 0 || bits + shift > storageBits) {
            throw new IllegalArgumentException(
                    "%d bits, shifted by %d, in %d: must fit into 8, 16, 32 or 64"
                            .formatted(bits, shift, storageBits));
        }
    }

    /**
     * As the kernel writes it.
     *
     * @throws IllegalArgumentException when it is none, or several numbers under one name
     */
    public static ScanType of(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no type of a single number, such as le:s16/16>>0".formatted(text));
        }
        return new ScanType(
                matcher.group(1).equals("b"),
                matcher.group(2).equals("s"),
                Integer.parseInt(matcher.group(3)),
                Integer.parseInt(matcher.group(4)),
                Integer.parseInt(matcher.group(5)));
    }

    public int bytes() {
        return storageBits / 8;
    }

    /** The number at {@code position}; unsigned ones of 64 bits above the greatest long wrap. */
    public long value(ByteBuffer scans, int position) {
        ByteBuffer at =
                scans.duplicate().order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        long stored =
                switch (storageBits) {
                    case 8 -> at.get(position);
                    case 16 -> at.getShort(position);
                    case 32 -> at.getInt(position);
                    default -> at.getLong(position);
                };
        long highest = stored << (Long.SIZE - bits - shift);
        return signed ? highest >> (Long.SIZE - bits) : highest >>> (Long.SIZE - bits);
    }
}
