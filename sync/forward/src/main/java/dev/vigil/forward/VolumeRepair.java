package dev.vigil.forward;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes sealed volumes anew: what is left of a damaged one, and a sound one without the holes that
 * H2 leaves. Owned by the thread that reads the lane (or opens the journal).
 */
final class VolumeRepair {
    static final String FRESH = "rewrite";
    private static final long COMMIT_BYTES = 2 * 1024 * 1024;

    private final Disk disk;
    private final String folder;
    private final StreamId stream;

    /**
     * What a rewrite brought.
     *
     * @param volume empty when nothing in it was left, and its file is only a mark
     * @param damaged whether the old file is set aside, not deleted
     */
    record Rewritten(Optional<Volume> volume, boolean damaged) {}

    VolumeRepair(Disk disk, String folder, StreamId stream) {
        this.disk = disk;
        this.folder = folder;
        this.stream = stream;
    }

    /**
     * Takes the blocks that are still whole, up to {@code volume.through()}, into a new file. The
     * damaged one stays where it is until {@link #remove}. An empty new file is a mark: without it
     * the gap would count against the volume before. A volume that was salvaged before is replaced
     * by what is left of it; the original is aside since then.
     *
     * @param note makes the losses durable, before the damage can no longer be seen
     */
    Rewritten salvage(Volume volume, String reason, Consumer<List<Loss>> note) {
        String file = Disk.join(folder, volume.fileName());
        boolean again = volume.form() == Volume.Form.SALVAGED;
        String aside = again ? "" : asideName(volume);
        String why = again ? reason : reason + "; set aside as " + folder + "/" + aside;
        List<Loss> losses = new ArrayList<>();
        List<VolumeScan.Place> places = new ArrayList<>();
        try (var scan = new VolumeScan(disk, file, stream)) {
            long expected = volume.start();
            for (var entry :
                    scan.places().subMap(volume.start(), true, volume.through(), true).entrySet()) {
                if (entry.getKey() > expected) {
                    losses.add(loss(expected, entry.getKey() - 1, why));
                }
                places.add(entry.getValue());
                expected = entry.getValue().lastSequence() + 1;
            }
            if (expected <= volume.through()) {
                losses.add(loss(expected, volume.through(), why));
            }
            write(scan, places);
        }
        note.accept(losses);
        long through = places.isEmpty() ? volume.start() - 1 : places.getLast().lastSequence();
        Volume salvaged = publish(volume.upTo(through, 0), FRESH, Volume.Form.SALVAGED);
        return new Rewritten(Optional.of(salvaged).filter(v -> v.through() >= v.start()), true);
    }

    /** By the list of names: a disk that fails denies that its files exist. */
    boolean isGone(Volume volume) {
        return !disk.names(folder).contains(volume.fileName());
    }

    /** For a volume whose file somebody took away: the same as when nothing in it was left. */
    Rewritten markGone(Volume volume, Consumer<List<Loss>> note) {
        VolumeWriter writer = VolumeWriter.createFresh(disk, folder, FRESH);
        try {
            writer.sync();
            writer.close();
        } catch (JournalFault e) {
            writer.abandon();
            throw e;
        }
        String why = "file " + folder + "/" + volume.fileName() + " is gone";
        note.accept(List.of(loss(volume.start(), volume.through(), why)));
        publish(volume, FRESH, Volume.Form.SALVAGED);
        return new Rewritten(Optional.empty(), false);
    }

    /** Into a file without holes, if every block is there; otherwise it is {@link #salvage}d. */
    Rewritten compact(Volume volume, Consumer<List<Loss>> note) {
        String file = Disk.join(folder, volume.fileName());
        boolean whole;
        try (var scan = new VolumeScan(disk, file, stream)) {
            whole = scan.contiguousThrough(volume.start()) >= volume.through();
            if (whole) {
                write(
                        scan,
                        scan.places()
                                .subMap(volume.start(), true, volume.through(), true)
                                .values());
            }
        }
        if (!whole) {
            return salvage(volume, "blocks are damaged", note);
        }
        return new Rewritten(Optional.of(publish(volume, FRESH, Volume.Form.COMPACT)), false);
    }

    /**
     * The old file goes: after the list of volumes has the new one, so that nobody looks for a file
     * that is no longer there. A crash or a fault before this leaves both, which {@link
     * LaneRecovery} settles.
     */
    void remove(Volume volume, Rewritten rewritten) {
        if (rewritten.damaged() && volume.form() == Volume.Form.SALVAGED) {
            return; // replaced
        }
        try {
            if (rewritten.damaged()) {
                setAside(volume);
            } else {
                disk.delete(Disk.join(folder, volume.fileName()));
            }
        } catch (JournalFault _) {
            // as above
        }
    }

    /**
     * Of two files with the same start, after a crash between writing one and removing the other.
     */
    void setAside(Volume volume) {
        disk.move(Disk.join(folder, volume.fileName()), Disk.join(folder, asideName(volume)));
        disk.syncDirectory(folder);
    }

    private void write(VolumeScan scan, Collection<VolumeScan.Place> places) {
        VolumeWriter writer = VolumeWriter.createFresh(disk, folder, FRESH);
        try {
            long uncommitted = 0;
            for (VolumeScan.Place place : places) {
                writer.append(scan.read(place));
                uncommitted += place.length();
                if (uncommitted > COMMIT_BYTES) {
                    writer.sync();
                    uncommitted = 0;
                }
            }
            writer.sync();
            writer.close();
        } catch (JournalFault e) {
            writer.abandon();
            throw e;
        }
    }

    /** A fresh file that is durable gets its name. */
    Volume publish(Volume volume, String fresh, Volume.Form form) {
        Volume target = volume.as(form, 0);
        String file = Disk.join(folder, target.fileName());
        disk.move(Disk.join(folder, fresh + Volume.H2_SUFFIX), file);
        disk.syncDirectory(folder);
        return volume.as(form, disk.size(file));
    }

    private Loss loss(long from, long through, String reason) {
        return new Loss(stream, from, through, "damage: " + reason);
    }

    private String asideName(Volume volume) {
        List<String> names = disk.names(folder);
        int number = 1;
        while (names.contains(asideName(volume, number))) {
            number++;
        }
        return asideName(volume, number);
    }

    private static String asideName(Volume volume, int number) {
        return "%s.damaged-%d".formatted(volume.fileName(), number);
    }
}
