package dev.vigil.forward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A file of a {@link SimulatedDisk}, with what of it would survive a power cut. */
final class SimulatedFile {
    /** {@code bytes} null: cut at {@code position}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Write(int position, byte @Nullable [] bytes) {}

    private final boolean directory;
    private final List<Write> unsynced = new ArrayList<>();
    private byte[] live = new byte[0];
    private byte[] durable = new byte[0];
    private int size;
    private @Nullable Object lockedBy;

    SimulatedFile(boolean directory) {
        this.directory = directory;
    }

    boolean isDirectory() {
        return directory;
    }

    int size() {
        return size;
    }

    byte[] live() {
        if (size != live.length) {
            live = Arrays.copyOf(live, size);
        }
        return live;
    }

    void replace(byte[] content) {
        live = content;
        durable = content.clone();
        size = content.length;
        unsynced.clear();
    }

    int read(int position, byte[] target, int length) {
        int available = Math.min(length, size - position);
        if (available > 0) {
            System.arraycopy(live, position, target, 0, available);
        }
        return available <= 0 ? -1 : available;
    }

    void write(int position, byte[] bytes) {
        apply(position, bytes);
        unsynced.add(new Write(position, bytes));
    }

    void truncate(int length) {
        if (length < size) {
            cut(length);
            unsynced.add(new Write(length, null));
        }
    }

    void sync() {
        durable = Arrays.copyOf(live, size);
        unsynced.clear();
    }

    boolean lock(Object owner) {
        if (lockedBy != null && !lockedBy.equals(owner)) {
            return false;
        }
        lockedBy = owner;
        return true;
    }

    void unlock(Object owner) {
        if (owner.equals(lockedBy)) {
            lockedBy = null;
        }
    }

    void unlock() {
        lockedBy = null;
    }

    void crash(RandomGenerator random) {
        List<Write> writes = List.copyOf(unsynced);
        unsynced.clear();
        live = durable.clone();
        size = live.length;
        lockedBy = null;
        double kept = random.nextInt(3) == 0 ? 0 : random.nextDouble();
        boolean prefix = random.nextBoolean();
        int end = prefix ? (int) (kept * (writes.size() + 1)) : writes.size();
        for (Write write : writes.subList(0, Math.min(end, writes.size()))) {
            if (prefix || random.nextDouble() < kept) {
                byte[] bytes = write.bytes();
                if (bytes == null) {
                    cut(write.position());
                } else {
                    tear(random, write.position(), bytes);
                }
            }
        }
        durable = Arrays.copyOf(live, size);
        live = durable.clone();
    }

    /** Whole, or any of its sectors. */
    private void tear(RandomGenerator random, int position, byte[] bytes) {
        if (random.nextInt(4) > 0) {
            apply(position, bytes);
            return;
        }
        int at = 0;
        while (at < bytes.length) {
            int sectorEnd = SimulatedDisk.SECTOR - (position + at) % SimulatedDisk.SECTOR + at;
            int to = Math.min(bytes.length, sectorEnd);
            if (random.nextBoolean()) {
                apply(position + at, Arrays.copyOfRange(bytes, at, to));
            }
            at = to;
        }
    }

    private void apply(int position, byte[] bytes) {
        int end = position + bytes.length;
        if (end > live.length) {
            live = Arrays.copyOf(live, Math.max(end, live.length * 2));
        }
        System.arraycopy(bytes, 0, live, position, bytes.length);
        size = Math.max(size, end);
    }

    private void cut(int length) {
        if (length < size) {
            Arrays.fill(live, length, size, (byte) 0);
            size = length;
        }
    }
}
