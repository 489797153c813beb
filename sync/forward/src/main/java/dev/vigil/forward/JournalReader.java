package dev.vigil.forward;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of a lane beside the shipper, delivered history included. Owned by one thread,
 * which closes it. Changes nothing: in a damaged file it finds what is whole and leaves the file as
 * it is.
 */
public final class JournalReader implements AutoCloseable {
    private final Disk disk;
    private final StreamId stream;
    private final Supplier<LaneView> view;
    private final LaneReader reader;
    private @Nullable VolumeScan scan;
    private @Nullable Volume scanned;

    JournalReader(Disk disk, StreamId stream, Supplier<LaneView> view) {
        this.disk = disk;
        this.stream = stream;
        this.view = view;
        this.reader = new LaneReader(disk, stream.lane().word(), stream, view);
    }

    public StreamId stream() {
        return stream;
    }

    /** Sequence of the oldest record that is kept; empty when there is none. */
    public Optional<Long> firstSequence() {
        return view.get().from(0).map(Volume::start);
    }

    /** The durable block that holds {@code sequence}, else the first one after it. */
    public Optional<Block> from(long sequence) {
        long wanted = sequence;
        while (true) {
            try {
                return reader.from(wanted);
            } catch (LaneReader.DamagedVolume e) {
                Volume volume = e.volume();
                try {
                    Optional<Block> block = scanned(volume, Math.max(wanted, volume.start()));
                    if (block.isPresent()) {
                        return block;
                    }
                    wanted = volume.through() + 1;
                } catch (JournalFault fault) {
                    if (view.get().from(wanted).filter(volume::equals).isPresent()) {
                        throw fault;
                    }
                    // Given up or rewritten meanwhile: look again.
                }
            }
        }
    }

    @Override
    public void close() {
        reader.close();
        closeScan();
    }

    private Optional<Block> scanned(Volume volume, long sequence) {
        VolumeScan open = scan;
        if (open == null || !volume.equals(scanned)) {
            closeScan();
            open = new VolumeScan(disk, Disk.join(stream.lane().word(), volume.fileName()), stream);
            scan = open;
            scanned = volume;
        }
        var before = open.places().floorEntry(sequence);
        var found =
                before != null && before.getValue().lastSequence() >= sequence
                        ? before
                        : open.places().ceilingEntry(sequence);
        return found == null || found.getKey() > volume.through()
                ? Optional.empty()
                : Optional.of(open.read(found.getValue()));
    }

    private void closeScan() {
        VolumeScan open = scan;
        scan = null;
        if (open != null) {
            open.close();
        }
    }
}
