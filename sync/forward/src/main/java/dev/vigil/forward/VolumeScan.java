package dev.vigil.forward;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the undamaged blocks of a file by their envelopes, whatever H2 thinks of the file. Sound
 * because a file is written by one run of the node and a sequence in it only once. Owned by one
 * thread; close after use.
 */
final class VolumeScan implements AutoCloseable {
    private static final int WINDOW = 4 * 1024 * 1024;
    private static final int SECTOR = 4096;

    private final Disk disk;
    private final String file;
    private final StreamId stream;
    private final FileChannel channel;
    private final NavigableMap<Long, Place> places = new TreeMap<>();

    /** Where a block lies. */
    record Place(long offset, int length, long lastSequence) {}

    VolumeScan(Disk disk, String file, StreamId stream) {
        this.disk = disk;
        this.file = file;
        this.stream = stream;
        this.channel = disk.open(file, "r");
        scan();
    }

    /** By first sequence; none overlaps another. */
    NavigableMap<Long, Place> places() {
        return places;
    }

    /** The last sequence of the blocks that follow each other from {@code start} on. */
    long contiguousThrough(long start) {
        long through = start - 1;
        Place next = places.get(start);
        while (next != null) {
            through = next.lastSequence();
            next = places.get(through + 1);
        }
        return through;
    }

    /** The last sequence of the last whole block; {@code start - 1} when there is none. */
    long lastThrough(long start) {
        return places.isEmpty() ? start - 1 : places.lastEntry().getValue().lastSequence();
    }

    Block read(Place place) {
        byte[] bytes = new byte[place.length()];
        fill(bytes, place.offset(), bytes.length);
        return StoredBlock.unwrap(stream, bytes, 0, bytes.length)
                .orElseThrow(() -> new JournalFault(disk.path(file), "changes while it is read"));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new JournalFault(disk.path(file), "can not be closed", e);
        }
    }

    private void scan() {
        byte[] window = new byte[WINDOW];
        // Of the open file: its name may belong to no file, or another, by now.
        long size = sizeOf(channel);
        long position = 0;
        while (position < size) {
            int length = (int) Math.min(WINDOW, size - position);
            fill(window, position, length);
            boolean last = position + length == size;
            int stop = last ? length : length - StoredBlock.BYTES_MAX;
            position += scan(window, length, stop, position);
        }
    }

    private long sizeOf(FileChannel open) {
        try {
            return open.size();
        } catch (IOException e) {
            throw new JournalFault(disk.path(file), "size is unknown", e);
        }
    }

    /** Looks at the places before {@code stop}; returns where to go on. */
    private int scan(byte[] window, int length, int stop, long position) {
        int at = 0;
        while (at < stop) {
            if (window[at] == (byte) (StoredBlock.MAGIC >>> 56)) {
                Optional<Block> block = StoredBlock.unwrap(stream, window, at, length - at);
                if (block.isPresent()) {
                    int blockLength = StoredBlock.wrap(block.get()).length;
                    add(
                            block.get(),
                            new Place(position + at, blockLength, block.get().lastSequence()));
                    at += blockLength;
                    continue;
                }
            }
            at++;
        }
        return at;
    }

    private void add(Block block, Place place) {
        var before = places.floorEntry(block.lastSequence());
        if (before == null || before.getValue().lastSequence() < block.firstSequence()) {
            places.put(block.firstSequence(), place);
        }
    }

    /** What can not be read counts as zeros, a sector at a time. */
    private void fill(byte[] target, long offset, int length) {
        int at = 0;
        while (at < length) {
            int part = Math.min(length - at, at % SECTOR == 0 ? length - at : SECTOR);
            int got;
            try {
                got = channel.read(ByteBuffer.wrap(target, at, part), offset + at);
            } catch (IOException _) {
                int sector = Math.min(SECTOR, length - at);
                got = readSector(target, at, offset, sector);
            }
            if (got <= 0) {
                java.util.Arrays.fill(target, at, length, (byte) 0);
                return;
            }
            at += got;
        }
    }

    private int readSector(byte[] target, int at, long offset, int length) {
        try {
            return channel.read(ByteBuffer.wrap(target, at, length), offset + at);
        } catch (IOException _) {
            java.util.Arrays.fill(target, at, at + length, (byte) 0);
            return length;
        }
    }
}
