package dev.vigil.forward;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A few numbers in a file that is written in place: two slots in turn, 4 KiB apart, each with a
 * generation and a checksum, so that a torn write leaves the one before. Owned by one thread.
 */
final class SlotFile implements AutoCloseable {
    private static final int APART = 4096;

    private final Disk disk;
    private final String name;
    private final boolean durable;
    private long[] values;
    private long generation;
    private @Nullable FileChannel channel;

    /**
     * Reads what is there.
     *
     * @param durable whether a write is on the disk when it returns; otherwise a power cut may
     *     bring an older one back
     * @param initial when there is no valid slot
     */
    SlotFile(Disk disk, String name, boolean durable, long... initial) {
        this.disk = disk;
        this.name = name;
        this.durable = durable;
        this.values = initial;
        if (disk.exists(name)) {
            byte[] bytes = disk.readSmall(name);
            take(bytes, 0, initial.length);
            take(bytes, APART, initial.length);
        }
    }

    long get(int index) {
        return values[index];
    }

    /** Writes all of them. */
    void set(long... changed) {
        var bytes = ByteBuffer.allocate(8 * (changed.length + 2));
        bytes.putLong(generation + 1);
        for (long value : changed) {
            bytes.putLong(value);
        }
        bytes.putLong(checksum(bytes.array(), 0, bytes.position())).flip();
        try {
            FileChannel open = opened();
            long start = (generation + 1) % 2 * APART;
            while (bytes.hasRemaining()) {
                open.write(bytes, start + bytes.position());
            }
            if (durable) {
                open.force(false);
            }
        } catch (IOException e) {
            throw new JournalFault(disk.path(name), "can not be written", e);
        }
        generation++;
        values = changed.clone();
    }

    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new JournalFault(disk.path(name), "can not be closed", e);
            }
        }
    }

    private FileChannel opened() {
        FileChannel open = channel;
        if (open == null) {
            open = disk.open(name, "rw");
            channel = open;
        }
        return open;
    }

    private void take(byte[] file, int offset, int count) {
        int length = 8 * (count + 2);
        if (file.length < offset + length) {
            return;
        }
        var bytes = ByteBuffer.wrap(file, offset, length);
        long slotGeneration = bytes.getLong();
        long[] read = new long[count];
        for (int i = 0; i < count; i++) {
            read[i] = bytes.getLong();
        }
        if (bytes.getLong() == checksum(file, offset, length - 8) && slotGeneration > generation) {
            generation = slotGeneration;
            values = read;
        }
    }

    private static long checksum(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        // Not 0 for a slot of zeros, which was never written.
        return crc.getValue() + 1;
    }

    @Override
    public String toString() {
        return name + Arrays.toString(values);
    }
}
