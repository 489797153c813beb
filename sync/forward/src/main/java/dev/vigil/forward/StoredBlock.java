package dev.vigil.forward;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A block as it lies in column {@code body}: an envelope of its own around the wire form, so that a
 * flipped bit is noticed (H2 checks no content) and a block can be found again in a file that H2 no
 * longer opens. Stateless.
 *
 * <pre>
 * 8 magic | 4 CRC-32C of all that follows | 4 body length | 8 first sequence | 4 record count
 * | 8+4 first at (s, ns) | 8+4 last at | 1 codec length | codec (ASCII)
 * [ 16 boot | 8 steady (ns) | 8+4 wall | 1 clock quality ] | body
 * </pre>
 *
 * The clocks are there when the magic says so.
 */
final class StoredBlock {
    static final long MAGIC = 0x5649_4749_4c42_310aL; // "VIGILB1\n"
    private static final long MAGIC_CLOCK = 0x5649_4749_4c42_320aL; // "VIGILB2\n"
    private static final int CLOCK = 16 + 8 + 12 + 1;
    private static final int CHECKED_FROM = 12;
    private static final int FIXED = 8 + 4 + 4 + 8 + 4 + 12 + 12 + 1;
    static final int BYTES_MAX = FIXED + 127 + CLOCK + BlockCodec.BODY_BYTES_MAX;

    private StoredBlock() {}

    static byte[] wrap(Block block) {
        byte[] codec = block.codec().getBytes(StandardCharsets.US_ASCII);
        ClockReading clock = block.clock();
        int clockLength = clock == null ? 0 : CLOCK;
        var bytes = ByteBuffer.allocate(FIXED + codec.length + clockLength + block.body().length);
        bytes.putLong(clock == null ? MAGIC : MAGIC_CLOCK).putInt(0).putInt(block.body().length);
        bytes.putLong(block.firstSequence()).putInt(block.recordCount());
        putInstant(bytes, block.firstAt());
        putInstant(bytes, block.lastAt());
        bytes.put((byte) codec.length).put(codec);
        if (clock != null) {
            bytes.putLong(clock.boot().getMostSignificantBits());
            bytes.putLong(clock.boot().getLeastSignificantBits());
            bytes.putLong(clock.steady().toNanos());
            putInstant(bytes, clock.wall());
            bytes.put(clock.quality().code());
        }
        bytes.put(block.body());
        bytes.putInt(8, checksum(bytes.array(), 0, bytes.capacity()));
        return bytes.array();
    }

    /** The block that begins at {@code offset}, if a whole and undamaged one does. */
    static Optional<Block> unwrap(StreamId stream, byte[] array, int offset, int available) {
        if (available < FIXED) {
            return Optional.empty();
        }
        var bytes = ByteBuffer.wrap(array, offset, available);
        long magic = bytes.getLong();
        if (magic != MAGIC && magic != MAGIC_CLOCK) {
            return Optional.empty();
        }
        int clockLength = magic == MAGIC_CLOCK ? CLOCK : 0;
        int expected = bytes.getInt();
        int bodyLength = bytes.getInt();
        int codecLength = bytes.get(offset + FIXED - 1);
        if (bodyLength < 0
                || codecLength < 0
                || bodyLength > BlockCodec.BODY_BYTES_MAX
                || available - FIXED < bodyLength + codecLength + clockLength
                || checksum(array, offset, FIXED + codecLength + clockLength + bodyLength)
                        != expected) {
            return Optional.empty();
        }
        long firstSequence = bytes.getLong();
        int count = bytes.getInt();
        try {
            Instant firstAt = Instant.ofEpochSecond(bytes.getLong(), bytes.getInt());
            Instant lastAt = Instant.ofEpochSecond(bytes.getLong(), bytes.getInt());
            byte[] codec = new byte[codecLength];
            byte[] body = new byte[bodyLength];
            int clockAt = offset + FIXED + codecLength;
            bytes.get(offset + FIXED, codec).get(clockAt + clockLength, body);
            ClockReading clock = clockLength == 0 ? null : clock(bytes.position(clockAt));
            return Optional.of(
                    new Block(
                            stream,
                            firstSequence,
                            count,
                            firstAt,
                            lastAt,
                            new String(codec, StandardCharsets.US_ASCII),
                            body,
                            clock));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static ClockReading clock(ByteBuffer bytes) {
        return new ClockReading(
                new UUID(bytes.getLong(), bytes.getLong()),
                Duration.ofNanos(bytes.getLong()),
                Instant.ofEpochSecond(bytes.getLong(), bytes.getInt()),
                ClockQuality.of(bytes.get()));
    }

    private static void putInstant(ByteBuffer bytes, Instant at) {
        bytes.putLong(at.getEpochSecond());
        bytes.putInt(at.getNano());
    }

    private static int checksum(byte[] array, int offset, int length) {
        var crc = new CRC32C();
        crc.update(array, offset + CHECKED_FROM, length - CHECKED_FROM);
        return (int) crc.getValue();
    }
}
