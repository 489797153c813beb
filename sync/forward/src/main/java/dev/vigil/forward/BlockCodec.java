package dev.vigil.forward;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * The wire form: records to a SenML pack in CBOR (RFC 8428, section 6), compressed as one zstd
 * frame (RFC 8878), and back. Encoding is owned by one thread, which reuses its buffers; decoding
 * is static.
 *
 * <ol>
 *   <li>The pack is complete in itself: base name {@code <node>/}, base time in whole seconds,
 *       times and values as integers, decimal fractions (CBOR tag 4) or floats, whichever is exact
 *       and short. Any SenML library resolves it.
 *   <li>Round trips are exact: every finite double (with the sign of zero), times to the
 *       nanosecond.
 *   <li>Extension label {@code q}: {@code UNCERTAIN} or {@code BAD}; absent for good.
 *   <li>SenML takes times below 2^28 s (before July 1978) as relative to now (section 4.5.3); a
 *       node whose clock was never set writes such packs. {@link #decode} takes them as absolute.
 * </ol>
 */
public final class BlockCodec implements AutoCloseable {
    public static final String CODEC = "senml+cbor;zstd";

    /** No pack is larger before compression; what claims to be is refused unread. */
    public static final int PACK_BYTES_MAX = 16 * 1024 * 1024;

    /** No block's body is larger: it fits a Kafka message of the default 1 MiB with its headers. */
    public static final int BODY_BYTES_MAX = 1_000_000;

    public static final int RECORDS_MAX = 10_000;

    private static final int LEVEL = 3;

    /** Beyond this distance from the base time a double would no longer hold every nanosecond. */
    private static final long BASE_TIME_REACH_SECONDS = 1_000_000;

    private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    private static final double EXACT_MAX = 1L << 53;
    private static final long NANOS = 1_000_000_000;

    private final CborWriter pack = new CborWriter();
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private byte[] compressed = new byte[64 * 1024];

    public BlockCodec() {
        zstd.setLevel(LEVEL);
        zstd.setChecksum(true);
    }

    /**
     * The body of a block.
     *
     * @param node base name of the pack, without the slash
     * @param records 1 to {@link #RECORDS_MAX}; numbers finite
     */
    public byte[] encode(String node, List<SenmlRecord> records) {
        if (records.isEmpty() || records.size() > RECORDS_MAX) {
            throw new IllegalArgumentException(
                    "block of %d records: a block has 1 to %d"
                            .formatted(records.size(), RECORDS_MAX));
        }
        writePack(node, records);
        if (pack.length() > PACK_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "block of %d records is %d bytes: at most %d before compression"
                            .formatted(records.size(), pack.length(), PACK_BYTES_MAX));
        }
        int bound = (int) Zstd.compressBound(pack.length());
        if (compressed.length < bound) {
            compressed = new byte[bound];
        }
        int length =
                zstd.compressByteArray(
                        compressed, 0, compressed.length, pack.buffer(), 0, pack.length());
        if (length > BODY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "block of %d records is %d bytes: at most %d compressed"
                            .formatted(records.size(), length, BODY_BYTES_MAX));
        }
        return Arrays.copyOf(compressed, length);
    }

    /** The block's records, as they were appended (names without the node). */
    public static List<SenmlRecord> decode(Block block) {
        if (!block.codec().equals(CODEC)) {
            throw new MalformedBlock(
                    "block %s/%d has codec '%s': only %s is known"
                            .formatted(
                                    block.stream(), block.firstSequence(), block.codec(), CODEC));
        }
        List<SenmlRecord> records = decode(block.stream().node(), block.body());
        if (records.size() != block.recordCount()) {
            throw new MalformedBlock(
                    "block %s/%d holds %d records and says %d"
                            .formatted(
                                    block.stream(),
                                    block.firstSequence(),
                                    records.size(),
                                    block.recordCount()));
        }
        return records;
    }

    /** The records of a body; {@code node} and its slash are taken off the names. */
    public static List<SenmlRecord> decode(String node, byte[] body) {
        byte[] bytes = decompress(body);
        return new SenmlPackReader(new CborReader(bytes, bytes.length), node + "/").read();
    }

    /** The SenML pack in CBOR, as any SenML library reads it. */
    public static byte[] decompress(byte[] body) {
        // zstd-jni does not take an empty array.
        long size = body.length == 0 ? -1 : Zstd.getFrameContentSize(body, 0, body.length, false);
        if (size < 0 || size > PACK_BYTES_MAX) {
            throw new MalformedBlock(
                    "block body of %d bytes: not a zstd frame that says a size of at most %d"
                            .formatted(body.length, PACK_BYTES_MAX));
        }
        byte[] bytes = new byte[(int) size];
        try {
            long length = Zstd.decompressByteArray(bytes, 0, bytes.length, body, 0, body.length);
            if (Zstd.isError(length)) {
                throw new MalformedBlock("block body: zstd says " + Zstd.getErrorName(length));
            }
            if (length != size) {
                throw new MalformedBlock(
                        "block body: %d bytes where the frame says %d".formatted(length, size));
            }
            return bytes;
        } catch (ZstdException e) {
            throw new MalformedBlock("block body: zstd says " + e.getMessage());
        }
    }

    @Override
    public void close() {
        zstd.close();
    }

    private void writePack(String node, List<SenmlRecord> records) {
        pack.reset();
        pack.array(records.size());
        boolean first = true;
        long base = 0;
        for (SenmlRecord record : records) {
            long seconds = record.at().getEpochSecond();
            boolean rebase = first || Math.abs(seconds - base) > BASE_TIME_REACH_SECONDS;
            if (rebase) {
                base = seconds;
            }
            write(record, first ? node : "", rebase, base);
            first = false;
        }
    }

    private void write(SenmlRecord record, String node, boolean rebase, long base) {
        Instant at = record.at();
        long offset = (at.getEpochSecond() - base) * NANOS + at.getNano();
        String text = record.text();
        String unit = record.unit();
        String quality = record.quality();
        pack.map(
                2 // name and value
                        + (node.isEmpty() ? 0 : 1)
                        + (rebase ? 1 : 0)
                        + (unit == null ? 0 : 1)
                        + (offset == 0 ? 0 : 1)
                        + (quality == null ? 0 : 1));
        if (!node.isEmpty()) {
            pack.integer(SenmlLabel.BASE_NAME);
            pack.textAfter(node, "/");
        }
        if (rebase) {
            pack.integer(SenmlLabel.BASE_TIME);
            pack.integer(base);
        }
        pack.integer(SenmlLabel.NAME);
        pack.text(record.name());
        if (unit != null) {
            pack.integer(SenmlLabel.UNIT);
            pack.text(unit);
        }
        if (text == null) {
            pack.integer(SenmlLabel.VALUE);
            writeNumber(record);
        } else {
            pack.integer(SenmlLabel.STRING_VALUE);
            pack.text(text);
        }
        if (offset != 0) {
            pack.integer(SenmlLabel.TIME);
            writeOffset(offset);
        }
        if (quality != null) {
            pack.text(SenmlLabel.QUALITY);
            pack.text(quality);
        }
    }

    private void writeOffset(long nanos) {
        if (nanos % NANOS == 0) {
            pack.integer(nanos / NANOS);
        } else if (nanos % 1_000_000 == 0) {
            pack.decimal(nanos / 1_000_000, -3);
        } else if (nanos % 1_000 == 0) {
            pack.decimal(nanos / 1_000, -6);
        } else {
            pack.decimal(nanos, -9);
        }
    }

    /**
     * {@code m / 10^k} is the double nearest to that decimal (both are exact below 2^53 and
     * division rounds correctly, IEEE 754), so equality proves that the decimal fraction stands for
     * the value.
     */
    private void writeNumber(SenmlRecord record) {
        double value = record.value();
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "record '%s' is %s: SenML has finite numbers only (RFC 8428, section 4.3)"
                            .formatted(record.name(), value));
        }
        if (value != 0 || Double.doubleToRawLongBits(value) == 0) {
            for (int k = 0; k < POWERS.length; k++) {
                double scaled = Math.rint(value * POWERS[k]);
                if (Math.abs(scaled) >= EXACT_MAX) {
                    break;
                }
                if (scaled / POWERS[k] == value) {
                    if (k == 0) {
                        pack.integer((long) scaled);
                    } else {
                        pack.decimal((long) scaled, -k);
                    }
                    return;
                }
            }
        }
        pack.floating(value);
    }
}
