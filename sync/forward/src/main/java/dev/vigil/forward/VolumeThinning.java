package dev.vigil.forward;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one sealed volume anew with {@link MinuteFigures} in place of readings; what lies around
 * incidents stays as it is. In steps, so that alarms are sent in between. Owned by the shipper's
 * thread; close or {@link #abandon} it.
 */
final class VolumeThinning {
    static final String FRESH = "thinning";
    private static final long COMMIT_BYTES = 2 * 1024 * 1024;

    /** A step takes some tens of milliseconds. */
    private static final int STEP_RECORDS = 50_000;

    private final StreamId stream;
    private final Volume volume;
    private final AlarmTimes keep;
    private final LossNotes notes;
    private final BlockCodec codec = new BlockCodec();
    private final VolumeScan scan;
    private final Iterator<VolumeScan.Place> places;
    private final VolumeWriter writer;
    private final List<Loss> losses = new ArrayList<>();
    private MinuteFigures figures = new MinuteFigures();
    private long uncommitted;

    /** Begins; nothing of the volume is changed before {@link #publish}. */
    VolumeThinning(Disk disk, StreamId stream, Volume volume, AlarmTimes keep, LossNotes notes) {
        String folder = stream.lane().word();
        this.stream = stream;
        this.volume = volume;
        this.keep = keep;
        this.notes = notes;
        this.scan = new VolumeScan(disk, Disk.join(folder, volume.fileName()), stream);
        this.places =
                scan.places()
                        .subMap(volume.start(), true, volume.through(), true)
                        .values()
                        .iterator();
        @Nullable VolumeWriter opened = null;
        try {
            opened = VolumeWriter.createFresh(disk, folder, FRESH);
        } finally {
            if (opened == null) {
                scan.close();
                codec.close();
            }
        }
        this.writer = opened;
    }

    Volume volume() {
        return volume;
    }

    /** Damaged ones are salvaged, not thinned. */
    boolean isWhole() {
        return scan.contiguousThrough(volume.start()) >= volume.through();
    }

    /**
     * Goes on.
     *
     * @return whether there is more to do before {@link #publish}
     */
    boolean step() {
        long records = 0;
        while (places.hasNext() && records < STEP_RECORDS) {
            VolumeScan.Place place = places.next();
            Block block = scan.read(place);
            records += block.recordCount();
            if (keep.cover(block.firstAt(), block.lastAt()) || !taken(block, place)) {
                flush();
                write(block);
            }
        }
        if (places.hasNext()) {
            return true;
        }
        flush();
        return false;
    }

    /**
     * The thinned file gets its name, and from then on what it left out is a loss; that is written
     * down before. The old file stays until its owner deletes it.
     */
    Volume publish(VolumeRepair repair) {
        writer.sync();
        writer.close();
        release();
        Volume thinned = repair.publish(volume, FRESH, Volume.Form.THINNED);
        notes.queue(losses);
        return thinned;
    }

    /** Nothing was changed; the fresh file is replaced by the next one. */
    void abandon() {
        writer.abandon();
        release();
        notes.forget(losses);
    }

    private void release() {
        codec.close();
        scan.close();
    }

    private boolean taken(Block block, VolumeScan.Place place) {
        List<SenmlRecord> records;
        try {
            records = BlockCodec.decode(block);
        } catch (MalformedBlock _) {
            return false;
        }
        if (figures.add(block, place, records)) {
            return true;
        }
        flush();
        return figures.add(block, place, records);
    }

    /** Figures where they are fewer than what they stand for, else the blocks as they were. */
    private void flush() {
        List<SenmlRecord> records = figures.records();
        if (records.isEmpty()) {
            figures.places().forEach(place -> write(scan.read(place)));
        } else {
            Block block = figures.block(stream, records, codec);
            write(block);
            var loss =
                    Loss.thinned(
                            stream,
                            block.lastSequence() + 1,
                            figures.lastSequence(),
                            block.firstSequence());
            notes.prepare(loss);
            losses.add(loss);
        }
        figures = new MinuteFigures();
    }

    private void write(Block block) {
        writer.append(block);
        uncommitted += block.body().length;
        if (uncommitted > COMMIT_BYTES) {
            writer.sync();
            uncommitted = 0;
        }
    }
}
