package dev.vigil.forward;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The delivering side of one lane. Owned by the shipper; {@link #delivered}, {@link #oldest},
 * {@link #firstVisible} and the seal request may be used by any thread.
 */
final class LaneTail {
    private final Disk disk;
    private final StreamId stream;
    private final AtomicReference<LaneView> view;
    private final Cursors cursors;
    private final LossNotes losses;
    private final LaneReader reader;
    private final VolumeRepair repair;
    private final AtomicBoolean sealRequested = new AtomicBoolean();
    private volatile long delivered;
    private long sent;
    private volatile @Nullable Instant oldest;

    /**
     * {@code delivered}: the last sequence the far side has; {@code sent}, forced to disk: the
     * start of the newest volume of which it may have something.
     */
    record Cursors(SlotFile delivered, SlotFile sent) {}

    LaneTail(
            Disk disk,
            StreamId stream,
            AtomicReference<LaneView> view,
            Cursors cursors,
            LossNotes losses) {
        this.disk = disk;
        this.stream = stream;
        this.view = view;
        this.cursors = cursors;
        this.losses = losses;
        String folder = stream.lane().word();
        this.reader = new LaneReader(disk, folder, stream, view::get);
        this.repair = new VolumeRepair(disk, folder, stream);
        this.delivered = cursors.delivered().get(0);
        this.sent = cursors.sent().get(0);
    }

    long delivered() {
        return delivered;
    }

    /** Volumes that start here or before may have been sent from. */
    long sent() {
        return sent;
    }

    /** First time of the oldest block that waits, as far as it was looked at. */
    Optional<Instant> oldest() {
        return Optional.ofNullable(oldest);
    }

    /** The committer made something visible where nothing waited before. */
    void firstVisible(Instant first) {
        if (oldest == null) {
            oldest = first;
        }
    }

    /** A damaged volume that is still being written has to be sealed before it can be salvaged. */
    boolean takeSealRequest() {
        return sealRequested.getAndSet(false);
    }

    Optional<Block> next(long after) {
        Optional<Block> block = salvaging(after + 1);
        block.ifPresent(b -> markSent(b.firstSequence()));
        if (after == delivered) {
            oldest = block.map(Block::firstAt).orElse(null);
        }
        return block;
    }

    void acknowledge(long through) {
        if (through <= delivered) {
            return;
        }
        delivered = through;
        try {
            cursors.delivered().set(through);
        } catch (JournalFault _) {
            // Costs a second delivery after a restart, which the far side drops by its sequence.
        }
        oldest = null;
        if (view.get().recordsAfter(through) > 0) {
            try {
                next(through);
            } catch (JournalFault _) {
                // Only for the time of the oldest one; whoever wants the block meets the fault.
            }
        }
    }

    boolean compactOne() {
        for (Volume volume : view.get().sealed()) {
            if (volume.form() == Volume.Form.WRITTEN) {
                reader.close();
                rewrite(volume, () -> repair.compact(volume, losses::note));
                return true;
            }
        }
        return false;
    }

    void close() {
        reader.close();
        cursors.delivered().close();
        cursors.sent().close();
    }

    private void markSent(long sequence) {
        long start = view.get().from(sequence).map(Volume::start).orElse(sent);
        if (start > sent) {
            sent = start;
            try {
                cursors.sent().set(start);
            } catch (JournalFault _) {
                // In this run it counts. A disk that can not be written can not be thinned either.
            }
        }
    }

    private Optional<Block> salvaging(long sequence) {
        // Each turn either returns or takes one damaged volume out of the way.
        int attempts = 2 + 2 * view.get().volumes();
        for (int attempt = 0; attempt < attempts; attempt++) {
            try {
                return reader.from(sequence);
            } catch (LaneReader.DamagedVolume e) {
                if (view.get().isActive(e.volume())) {
                    reader.close();
                    sealRequested.set(true);
                    return Optional.empty();
                }
                salvage(e.volume(), String.valueOf(e.getMessage()));
            }
        }
        throw new JournalFault(
                disk.path(stream.lane().word()),
                "not readable after %d repairs".formatted(attempts));
    }

    /** A sealed volume is replaced by what is left of it; a committer may give it up meanwhile. */
    void salvage(Volume volume, String reason) {
        reader.close();
        // Asked first: a volume that is given up leaves the view before its file goes.
        boolean gone = repair.isGone(volume);
        rewrite(
                volume,
                () ->
                        gone
                                ? repair.markGone(volume, losses::note)
                                : repair.salvage(volume, reason, losses::note));
    }

    /** The committer may give the volume up, and delete its file, at any moment. */
    private void rewrite(Volume volume, Supplier<VolumeRepair.Rewritten> work) {
        if (!view.get().contains(volume)) {
            return;
        }
        try {
            VolumeRepair.Rewritten rewritten = work.get();
            LaneView before = view.getAndUpdate(v -> v.rewritten(volume, rewritten.volume()));
            if (before.contains(volume)) {
                repair.remove(volume, rewritten);
                if (rewritten.damaged()) {
                    long aside = disk.asideBytes(stream.lane().word());
                    view.updateAndGet(v -> v.withAside(aside));
                }
            } else {
                rewritten.volume().ifPresent(this::delete);
            }
        } catch (JournalFault e) {
            if (view.get().contains(volume)) {
                throw e;
            }
        }
    }

    private void delete(Volume volume) {
        disk.delete(Disk.join(stream.lane().word(), volume.fileName()));
    }
}
