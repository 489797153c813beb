package dev.vigil.trials;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What a guest's disk was told, entry by entry (device-images/uml/record.c), and the disks that a
 * power cut in between could have left: everything up to the last flush, and of the writes since
 * then any, in any order that keeps those to one place in theirs, the last one perhaps in part.
 * Owned by the test's thread.
 */
final class DiskRecord implements AutoCloseable {
    /** What a disk writes whole or not at all, at least. */
    private static final int SECTOR = 512;

    /** A write to the disk; without octets it is zeros. */
    private static final class Write {
        final long offset;
        final int length;
        final byte @Nullable [] octets;

        Write(long offset, int length, byte @Nullable [] octets) {
            this.offset = offset;
            this.length = length;
            this.octets = octets;
        }

        void to(RandomAccessFile disk, int count) throws IOException {
            disk.seek(offset);
            disk.write(octets == null ? new byte[count] : octets, 0, count);
        }
    }

    private final DataInputStream in;
    private final DiskImage base;
    private final RandomAccessFile kept;
    private final List<Write> unflushed = new ArrayList<>();
    private final StringBuilder printed = new StringBuilder();
    private long entries;
    private long flushes;

    /**
     * @param base the disk as it was before the first entry; it is changed
     */
    DiskRecord(Path log, DiskImage base) throws IOException {
        in = new DataInputStream(new BufferedInputStream(Files.newInputStream(log), 1 << 20));
        this.base = base;
        kept = new RandomAccessFile(base.file().toFile(), "rw");
    }

    /** How many entries a log has. */
    static long entries(Path log, DiskImage base) throws IOException {
        try (DiskRecord all = new DiskRecord(log, base)) {
            while (all.next()) {
                all.unflushed.clear();
            }
            return all.entries;
        }
    }

    /** Goes on until {@code entry} entries are read. */
    void to(long entry) throws IOException {
        while (entries < entry && next()) {
            // goes on
        }
    }

    /** The next entry; false at the end, or when the last one was cut off. */
    private boolean next() throws IOException {
        try {
            int kind = in.read();
            if (kind < 0) {
                return false;
            }
            long offset = Long.reverseBytes(in.readLong());
            int length = Math.toIntExact(Long.reverseBytes(in.readLong()));
            switch (kind) {
                case 'W' -> unflushed.add(new Write(offset, length, octets(length)));
                case 'Z' -> unflushed.add(new Write(offset, length, null));
                case 'P' -> printed.append(new String(octets(length), StandardCharsets.UTF_8));
                case 'F' -> flush();
                default -> throw new IOException("entry %d is of kind %d".formatted(entries, kind));
            }
            entries++;
            return true;
        } catch (EOFException e) {
            return false;
        }
    }

    private byte[] octets(int length) throws IOException {
        byte[] octets = new byte[length];
        in.readFully(octets);
        return octets;
    }

    private void flush() throws IOException {
        for (Write write : unflushed) {
            write.to(kept, write.length);
        }
        unflushed.clear();
        flushes++;
    }

    /** What the guest has printed up to here. */
    List<String> printed() {
        return printed.toString().lines().map(String::strip).toList();
    }

    long flushes() {
        return flushes;
    }

    int unflushed() {
        return unflushed.size();
    }

    /**
     * A disk that a power cut at this place could have left.
     *
     * @param share of the writes since the last flush that were kept, 0 to 1
     */
    DiskImage cut(Path file, double share, Random random) throws IOException {
        DiskImage image = base.copyTo(file);
        List<Write> written = unflushed.stream().filter(_ -> random.nextDouble() < share).toList();
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < written.size(); i++) {
                Write write = written.get(i);
                boolean torn = i == written.size() - 1 && random.nextBoolean();
                int sectors = write.length / SECTOR;
                write.to(disk, torn ? random.nextInt(sectors + 1) * SECTOR : write.length);
            }
        }
        return image;
    }

    @Override
    public void close() throws IOException {
        kept.close();
        in.close();
    }
}
