package dev.vigil.forward;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Finds out, when a journal is opened, what a lane holds. Only the newest file is looked into, and
 * only when the run before did not end in order; the others are known by their names. Owned by the
 * thread that opens.
 */
final class LaneRecovery {
    private final Disk disk;
    private final StreamId stream;
    private final String folder;
    private final LaneLog.Files files;
    private final long delivered;
    private final Consumer<List<Loss>> note;
    private final VolumeRepair repair;
    private final List<Loss> losses = new ArrayList<>();

    /**
     * What was found.
     *
     * @param through sequence after which the lane goes on
     */
    record Found(List<Volume> sealed, long through) {}

    LaneRecovery(
            Disk disk,
            StreamId stream,
            LaneLog.Files files,
            long delivered,
            Consumer<List<Loss>> note) {
        this.disk = disk;
        this.stream = stream;
        this.folder = stream.lane().word();
        this.files = files;
        this.delivered = delivered;
        this.note = note;
        this.repair = new VolumeRepair(disk, folder, stream);
    }

    Found recover() {
        List<Volume> volumes = volumes();
        long floor = files.floor();
        for (Volume volume : List.copyOf(volumes)) {
            // A crash between giving up a volume and deleting its file.
            if (volume.through() < floor && volume.start() < volumes.getLast().start()) {
                disk.delete(Disk.join(folder, volume.fileName()));
                volumes.remove(volume);
            }
        }
        if (volumes.isEmpty()) {
            return new Found(List.of(), lostEnd(floor - 1));
        }
        long first = volumes.getFirst().start();
        lost(Math.max(floor, delivered + 1), first - 1, "files are missing");
        note.accept(losses);
        Volume tail = volumes.removeLast();
        long closedAt = files.closedAt();
        if (closedAt >= tail.start()) {
            volumes.add(tail.upTo(closedAt, tail.bytes()));
            return new Found(volumes, closedAt);
        }
        return new Found(volumes, recoverTail(tail, volumes));
    }

    /** In order; through is the start of the next one less one, and start less one for the last. */
    private List<Volume> volumes() {
        var byStart = new TreeMap<Long, Volume>();
        for (String name : disk.names(folder)) {
            String file = Disk.join(folder, name);
            if (isLeftover(name)) {
                disk.delete(file);
            }
            Volume.named(name)
                    .map(volume -> volume.as(volume.form(), disk.size(file)))
                    .ifPresent(volume -> byStart.merge(volume.start(), volume, this::later));
        }
        var volumes = new ArrayList<Volume>();
        for (Volume volume : byStart.values()) {
            Long next = byStart.higherKey(volume.start());
            volumes.add(volume.upTo(next == null ? volume.start() - 1 : next - 1, volume.bytes()));
        }
        return volumes;
    }

    /** Both were there when the run before ended: the rewrite is complete, else it had no name. */
    private Volume later(Volume one, Volume other) {
        Volume written = one.form() == Volume.Form.WRITTEN ? one : other;
        Volume rewritten = one.form() == Volume.Form.WRITTEN ? other : one;
        if (rewritten.form() == Volume.Form.SALVAGED) {
            repair.setAside(written);
        } else {
            disk.delete(Disk.join(folder, written.fileName()));
        }
        return rewritten;
    }

    private static boolean isLeftover(String name) {
        return name.equals("new" + Volume.H2_SUFFIX)
                || name.equals(VolumeRepair.FRESH + Volume.H2_SUFFIX)
                || name.endsWith(".new")
                || name.endsWith(".trace.db");
    }

    private long recoverTail(Volume tail, List<Volume> volumes) {
        long scanned;
        boolean chained;
        try (var scan = new VolumeScan(disk, Disk.join(folder, tail.fileName()), stream)) {
            scanned = scan.contiguousThrough(tail.start());
            chained = scan.places().isEmpty() || scan.places().lastKey() <= scanned;
        }
        OptionalLong readable = readable(tail);
        boolean sound =
                chained
                        && readable.isPresent()
                        && readable.getAsLong() <= scanned
                        && scanned >= evidence();
        if (!sound && tail.form() != Volume.Form.SALVAGED) {
            long end = Math.max(files.reserved(), evidence());
            var salvage =
                    repair.salvage(
                            tail.upTo(Math.max(end, scanned), 0), "the end is damaged", note);
            repair.remove(tail, salvage);
            salvage.volume().ifPresent(volumes::add);
            return Math.max(end, scanned);
        }
        if (scanned < tail.start()) {
            // Created, and the run ended before anything in it was durable.
            disk.delete(Disk.join(folder, tail.fileName()));
            return scanned;
        }
        Volume whole = tail.upTo(scanned, tail.bytes());
        if (readable.isPresent() && readable.getAsLong() < scanned) {
            // Blocks whose commit was cut off, but which are whole: nobody was promised them, and
            // they are not thrown away.
            var compact = repair.compact(whole, note);
            repair.remove(whole, compact);
            compact.volume().ifPresent(volumes::add);
        } else {
            volumes.add(whole);
        }
        return tail.form() == Volume.Form.SALVAGED ? Math.max(scanned, evidence()) : scanned;
    }

    /** Last sequence that H2 gives; empty when it does not open the file. */
    private OptionalLong readable(Volume tail) {
        try {
            var reader = new VolumeReader(disk, folder, tail, stream);
            try {
                return OptionalLong.of(reader.lastSequence().orElse(tail.start() - 1));
            } finally {
                reader.close();
            }
        } catch (SQLException | VolumeReader.DamagedRow _) {
            return OptionalLong.empty();
        }
    }

    /** The end of the lane when the files that held it are gone. */
    private long lostEnd(long known) {
        if (evidence() <= known) {
            return known;
        }
        long end = Math.max(files.reserved(), evidence());
        lost(Math.max(known, delivered) + 1, end, "files are missing");
        note.accept(losses);
        return end;
    }

    /** The highest sequence that is known to have been durable. */
    private long evidence() {
        return Math.max(
                Math.max(files.floor() - 1, files.closedAt()), Math.max(files.hint(), delivered));
    }

    private void lost(long from, long through, String reason) {
        if (from <= through) {
            losses.add(new Loss(stream, from, through, reason));
        }
    }
}
