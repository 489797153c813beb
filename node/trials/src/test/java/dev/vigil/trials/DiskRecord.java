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

    /** An entry of the log; a write (W, or Z for zeros), something printed (P) or a flush (F). */
    private static final class Entry {
        final int kind;
        final long offset;
        final byte[] octets;

        Entry(int kind, long offset, byte[] octets) {
            this.kind = kind;
            this.offset = offset;
            this.octets = octets;
        }

        void to(RandomAccessFile disk, int count) throws IOException {
            disk.seek(offset);
            disk.write(octets, 0, count);
        }

        String text() {
            return new String(octets, StandardCharsets.UTF_8);
        }
    }

    /** Where in a log, counted in entries; {@code to} is not included. */
    record Span(long from, long to) {}

    private final DataInputStream in;
    private final DiskImage base;
    private final RandomAccessFile kept;
    private final List<Entry> unflushed = new ArrayList<>();
    private final StringBuilder printed = new StringBuilder();
    private long entries;
    private long flushes;

    /**
     * @param base the disk as it was before the first entry; it is changed
     */
    DiskRecord(Path log, DiskImage base) throws IOException {
        in = open(log);
        this.base = base;
        kept = new RandomAccessFile(base.file().toFile(), "rw");
    }

    private static DataInputStream open(Path log) throws IOException {
        return new DataInputStream(new BufferedInputStream(Files.newInputStream(log), 1 << 20));
    }

    /** From the entry with which the guest has first printed {@code word} to the end. */
    static Span span(Path log, String word) throws IOException {
        StringBuilder printed = new StringBuilder();
        long from = 0;
        long entries = 0;
        try (DataInputStream in = open(log)) {
            for (Entry entry = next(in); entry != null; entry = next(in)) {
                entries++;
                if (from == 0 && entry.kind == 'P') {
                    printed.append(entry.text());
                    from = printed.indexOf(word) >= 0 ? entries : 0;
                }
            }
        }
        return new Span(from, entries);
    }

    /** Goes on until {@code entry} entries are read. */
    void to(long entry) throws IOException {
        for (; entries < entry; entries++) {
            Entry read = next(in);
            if (read == null) {
                return;
            }
            switch (read.kind) {
                case 'W', 'Z' -> unflushed.add(read);
                case 'P' -> printed.append(read.text());
                case 'F' -> flush();
                default ->
                        throw new IOException(
                                "entry %d is of kind %d".formatted(entries, read.kind));
            }
        }
    }

    /** The next entry; null at the end, or when the last one was cut off. */
    private static @Nullable Entry next(DataInputStream in) throws IOException {
        try {
            int kind = in.read();
            if (kind < 0) {
                return null;
            }
            long offset = Long.reverseBytes(in.readLong());
            int length = Math.toIntExact(Long.reverseBytes(in.readLong()));
            byte[] octets = new byte[length];
            if (kind != 'Z') {
                in.readFully(octets);
            }
            return new Entry(kind, offset, octets);
        } catch (EOFException e) {
            return null;
        }
    }

    private void flush() throws IOException {
        for (Entry write : unflushed) {
            write.to(kept, write.octets.length);
        }
        unflushed.clear();
        flushes++;
    }

    /** The whole lines that the guest has printed up to here. */
    List<String> printed() {
        return printed.substring(0, printed.lastIndexOf("\n") + 1)
                .lines()
                .map(String::strip)
                .toList();
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
        List<Entry> written = unflushed.stream().filter(_ -> random.nextDouble() < share).toList();
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < written.size(); i++) {
                Entry write = written.get(i);
                boolean torn = i == written.size() - 1 && random.nextBoolean();
                int sectors = write.octets.length / SECTOR;
                write.to(disk, torn ? random.nextInt(sectors + 1) * SECTOR : write.octets.length);
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
