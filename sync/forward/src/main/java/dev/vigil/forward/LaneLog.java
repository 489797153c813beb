package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of one lane. Owned by the committer; {@link #view}, {@link #dropped} and {@link
 * #through} may be read by any thread.
 */
final class LaneLog {
    /** Sequences are set aside in steps, so that a destroyed end of a lane never leads to reuse. */
    private static final long RESERVE = 65_536;

    private static final int FLOOR = 0;
    private static final int DROPPED = 1;
    private static final int RESERVED = 2;

    /**
     * {@code CLOSED_AT} is the last sequence at an orderly end, or when a recovery was done; -1
     * since the first append after that.
     */
    static final int CLOSED_AT = 3;

    /** The last durable sequence when the ledger was written: evidence that it was reached. */
    private static final int REACHED = 4;

    private final Disk disk;
    private final String folder;
    private final StreamId stream;
    private final long volumeBytes;
    private final BlockCodec codec;
    private final AtomicReference<LaneView> view;
    private final Files files;
    private final SlotFile ledger;
    private final SlotFile synced;

    private @Nullable VolumeWriter writer;
    private @Nullable Instant firstOfGroup;
    private long next;
    private volatile long through;
    private volatile long dropped;
    private volatile long thinned;

    /** {@code ledger} is forced to disk, {@code synced} is a hint of how far the lane reached. */
    record Files(SlotFile ledger, SlotFile synced) {
        static Files open(Disk disk, String folder) {
            return new Files(
                    new SlotFile(disk, Disk.join(folder, "ledger"), true, 1, 0, 0, -1, 0),
                    new SlotFile(disk, Disk.join(folder, "synced"), false, 0));
        }

        long floor() {
            return ledger.get(FLOOR);
        }

        long reserved() {
            return ledger.get(RESERVED);
        }

        long hint() {
            return synced.get(0);
        }

        long reached() {
            return ledger.get(REACHED);
        }

        long closedAt() {
            return ledger.get(CLOSED_AT);
        }

        /** Below {@code floor} all is accounted for, and the lane goes on after {@code through}. */
        void recovered(long floor, long through) {
            if (floor != floor() || through != closedAt()) {
                ledger.set(floor, ledger.get(DROPPED), reserved(), through, through);
            }
        }

        void release() {
            try {
                close();
            } catch (JournalFault _) {
                // Closed or not, nothing was to be written.
            }
        }

        void close() {
            try {
                ledger.close();
            } finally {
                synced.close();
            }
        }
    }

    // CHECKSTYLE OFF: what a lane consists of
    LaneLog(
            Disk disk,
            StreamId stream,
            long volumeBytes,
            BlockCodec codec,
            Files files,
            LaneView view,
            long through) {
        // CHECKSTYLE ON
        this.disk = disk;
        this.folder = stream.lane().word();
        this.stream = stream;
        this.volumeBytes = volumeBytes;
        this.codec = codec;
        this.files = files;
        this.ledger = files.ledger();
        this.synced = files.synced();
        this.view = new AtomicReference<>(view);
        this.through = through;
        this.next = through + 1;
        this.dropped = ledger.get(DROPPED);
    }

    StreamId stream() {
        return stream;
    }

    AtomicReference<LaneView> view() {
        return view;
    }

    /** Last durable sequence. */
    long through() {
        return through;
    }

    long dropped() {
        return dropped;
    }

    /** Since the journal was opened. */
    long thinned() {
        return thinned;
    }

    long nextSequence() {
        return next;
    }

    Block append(List<SenmlRecord> records, JournalClock clock) {
        var block = Block.of(stream, next, records, codec, clock.reading().orElse(null));
        try {
            reserve(block.lastSequence());
            writer().append(block);
        } catch (JournalFault e) {
            void_(clock.age());
            throw e.in(stream.lane());
        }
        if (firstOfGroup == null) {
            firstOfGroup = block.firstAt();
        }
        next = block.lastSequence() + 1;
        return block;
    }

    /**
     * Makes what was appended durable and visible. Returns the first time of it, if there was any.
     */
    Optional<Instant> sync(Duration age) {
        VolumeWriter open = writer;
        Instant first = firstOfGroup;
        if (open == null || first == null) {
            return Optional.empty();
        }
        try {
            open.sync();
        } catch (JournalFault e) {
            void_(age);
            throw e.in(stream.lane());
        }
        // Durable: nothing from here on may say otherwise.
        long durable = next - 1;
        through = durable;
        firstOfGroup = null;
        long bytes = bytesOf(open);
        view.updateAndGet(
                v -> v.active() == null ? v : v.withActive(v.active().upTo(durable, bytes)));
        if (bytes >= volumeBytes || !hintWritten(durable)) {
            seal(age);
        }
        return Optional.of(first);
    }

    /** Nobody appends to the active volume any more. */
    void seal(Duration age) {
        VolumeWriter open = writer;
        if (open != null) {
            writer = null;
            try {
                open.close();
            } catch (JournalFault _) {
                // All of it is durable: at worst H2 recovers when the file is read.
                open.abandon();
            }
            view.updateAndGet(v -> v.sealing(age));
        }
    }

    /** Removes the oldest volume from the list; its file is the caller's to delete after this. */
    void forget(Volume volume) {
        write(volume.through() + 1, ledger.get(RESERVED), ledger.get(CLOSED_AT));
        view.updateAndGet(v -> v.without(volume));
    }

    /**
     * As {@link #forget}, but whoever opens the journal before the loss is recorded finds that the
     * file is missing.
     *
     * @param from below this all is accounted for
     */
    void forgetUnrecorded(Volume volume, long from) {
        write(Math.max(ledger.get(FLOOR), from), ledger.get(RESERVED), ledger.get(CLOSED_AT));
        view.updateAndGet(v -> v.without(volume));
    }

    /** Their records are durable; from here on the next opening need not find them again. */
    void recorded(List<Loss> losses) {
        if (losses.isEmpty()) {
            return;
        }
        long first = view.get().from(0).map(Volume::start).orElse(Long.MAX_VALUE);
        long floor = ledger.get(FLOOR);
        for (Loss loss : losses) {
            dropped = dropped() + loss.records();
            if (loss.isThinned()) {
                thinned = thinned() + loss.through() - loss.from() + 1;
            }
            if (first > loss.through()) {
                floor = Math.max(floor, loss.through() + 1);
            }
        }
        try {
            write(floor, ledger.get(RESERVED), ledger.get(CLOSED_AT));
        } catch (JournalFault _) {
            // Written with the next change of the ledger, but for the floor.
        }
    }

    void close(Duration age) {
        boolean complete = firstOfGroup == null;
        try {
            if (complete) {
                seal(age);
                if (ledger.get(CLOSED_AT) != through) {
                    write(ledger.get(FLOOR), ledger.get(RESERVED), through);
                }
            } else {
                void_(age);
            }
        } finally {
            files.close();
        }
    }

    /** Of a journal that could not be opened. */
    void release() {
        files.release();
    }

    private VolumeWriter writer() {
        VolumeWriter open = writer;
        if (open == null) {
            var volume = new Volume(next, next - 1, Volume.Form.WRITTEN, 0, Duration.ZERO);
            open = VolumeWriter.create(disk, folder, volume);
            writer = open;
            view.updateAndGet(v -> v.withActive(volume));
        }
        return open;
    }

    /** A file whose size is unknown counts as full. */
    private long bytesOf(VolumeWriter open) {
        try {
            return open.bytes();
        } catch (JournalFault _) {
            return volumeBytes;
        }
    }

    /** Without the hint a destroyed end of the lane is still noticed, only not as exactly. */
    private boolean hintWritten(long durable) {
        try {
            synced.set(durable);
            return true;
        } catch (JournalFault _) {
            return false;
        }
    }

    private void reserve(long last) {
        long reserved = ledger.get(RESERVED);
        if (last > reserved || ledger.get(CLOSED_AT) >= 0) {
            write(ledger.get(FLOOR), Math.max(reserved, last + RESERVE), -1);
        }
    }

    private void write(long floor, long reserved, long closedAt) {
        ledger.set(floor, dropped, reserved, closedAt, through);
    }

    /**
     * After a fault: what was not durable never was. The file is not written to again, because
     * after a failed sync nobody knows what the kernel still believes to be on the disk; so the
     * next volume begins where the durable part of this one ends, which voids the rest of it.
     */
    private void void_(Duration age) {
        VolumeWriter open = writer;
        writer = null;
        firstOfGroup = null;
        next = through + 1;
        if (open == null) {
            return;
        }
        open.abandon();
        LaneView before = view.getAndUpdate(v -> v.sealing(age));
        Volume active = before.active();
        if (active != null && active.through() < active.start()) {
            try {
                disk.delete(Disk.join(folder, active.fileName()));
            } catch (JournalFault _) {
                // Its successor has the same name; creating that replaces it.
            }
        }
    }
}
