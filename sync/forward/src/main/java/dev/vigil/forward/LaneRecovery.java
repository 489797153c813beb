package dev.vigil.forward;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Finds out, when a journal is opened, what a lane holds. Only salvaged files are looked into, and
 * the newest one when the run before did not end in order; the others are known by their names. The
 * result is written down, so that it is found (and its losses are recorded) once. Owned by the
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
        // What was delivered lies above an unrecorded loss, unless the ledger itself is gone.
        long accounted = files.reserved() > 0 ? floor : Math.max(floor, delivered + 1);
        long through;
        if (volumes.isEmpty()) {
            // A file's name is durable before anything is appended to it.
            long known = accounted - 1;
            through = evidence() <= known ? known : skipped(known, "files are missing");
        } else {
            long first = volumes.getFirst().start();
            note(accounted, first - 1, "files are missing");
            through = recoverTail(volumes.removeLast(), volumes);
        }
        List<Volume> marks = volumes.stream().filter(LaneRecovery::isMark).toList();
        volumes.removeAll(marks);
        long start = volumes.isEmpty() ? through + 1 : volumes.getFirst().start();
        files.recovered(Math.max(floor, start), through);
        for (Volume mark : marks) {
            if (mark.start() < start) {
                disk.delete(Disk.join(folder, mark.fileName()));
            }
        }
        return new Found(volumes, through);
    }

    /** Nothing was left of it; it keeps the gap from counting against the volume before. */
    private static boolean isMark(Volume volume) {
        return volume.through() < volume.start();
    }

    /**
     * In order; through is the start of the next one less one, and start less one for the last. A
     * salvaged one may end before that.
     */
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
            long through = next == null ? volume.start() - 1 : next - 1;
            if (volume.form() == Volume.Form.SALVAGED) {
                through = readable(volume).orElse(through);
            }
            volumes.add(volume.upTo(through, volume.bytes()));
        }
        return volumes;
    }

    /**
     * Both were there when the run before ended: the rewrite is complete, else it had no name. The
     * forms are in the order in which one is made from the other.
     */
    private Volume later(Volume one, Volume other) {
        boolean inOrder = one.form().compareTo(other.form()) < 0;
        Volume before = inOrder ? one : other;
        Volume rewritten = inOrder ? other : one;
        if (rewritten.form() == Volume.Form.SALVAGED) {
            repair.setAside(before);
        } else {
            disk.delete(Disk.join(folder, before.fileName()));
        }
        return rewritten;
    }

    private static boolean isLeftover(String name) {
        return name.equals("new" + Volume.H2_SUFFIX)
                || name.equals(VolumeRepair.FRESH + Volume.H2_SUFFIX)
                || name.equals(VolumeThinning.FRESH + Volume.H2_SUFFIX)
                || name.endsWith(".new")
                || name.endsWith(".trace.db");
    }

    private long recoverTail(Volume tail, List<Volume> volumes) {
        long closedAt = files.closedAt();
        if (tail.form() == Volume.Form.SALVAGED) {
            return recoverSalvaged(tail, volumes);
        }
        if (closedAt >= tail.start()) {
            volumes.add(tail.upTo(closedAt, tail.bytes()));
            return closedAt;
        }
        long scanned;
        long whole;
        try (var scan = new VolumeScan(disk, Disk.join(folder, tail.fileName()), stream)) {
            scanned = scan.contiguousThrough(tail.start());
            whole = scan.lastThrough(tail.start());
        }
        OptionalLong readable = readable(tail);
        boolean sound =
                whole == scanned
                        && readable.isPresent()
                        && readable.getAsLong() <= scanned
                        && scanned >= evidence();
        if (!sound) {
            return salvageTail(tail.upTo(Math.max(whole, evidence()), 0), volumes);
        }
        if (scanned < tail.start()) {
            // Created, and the run ended before anything in it was durable.
            disk.delete(Disk.join(folder, tail.fileName()));
            return scanned;
        }
        Volume known = tail.upTo(scanned, tail.bytes());
        if (readable.getAsLong() < scanned) {
            // Blocks whose commit was cut off, but which are whole: nobody was promised them, and
            // they are not thrown away.
            var compact = repair.compact(known, note);
            repair.remove(known, compact);
            compact.volume().ifPresent(volumes::add);
        } else {
            volumes.add(known);
        }
        return scanned;
    }

    /** What is in a salvaged file was durable before the file got its name. */
    private long recoverSalvaged(Volume tail, List<Volume> volumes) {
        if (readable(tail).isEmpty()) {
            return salvageTail(tail.upTo(Math.max(tail.start(), evidence()), 0), volumes);
        }
        volumes.add(tail);
        long closedAt = files.closedAt();
        return closedAt >= tail.start() - 1
                ? closedAt
                : skipped(tail.through(), "the end is damaged");
    }

    private long salvageTail(Volume tail, List<Volume> volumes) {
        var salvage = repair.salvage(tail, "the end is damaged", note);
        repair.remove(tail, salvage);
        Volume mark = tail.upTo(tail.start() - 1, 0).as(Volume.Form.SALVAGED, 0);
        volumes.add(salvage.volume().orElse(mark));
        return skipped(tail.through(), "the end is damaged");
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

    /**
     * Where the lane goes on when its end is not known for certain: no number that a record may
     * have had is used twice. An orderly end is known.
     */
    private long skipped(long known, String reason) {
        long evidence = evidence();
        note(known + 1, evidence, reason);
        long from = Math.max(known, evidence) + 1;
        long end = files.closedAt() >= 0 ? from - 1 : Math.max(files.reserved(), from - 1);
        if (from <= end) {
            note.accept(List.of(Loss.unused(stream, from, end)));
        }
        return end;
    }

    /** The highest sequence that is known to have been durable. */
    private long evidence() {
        long written = Math.max(files.floor() - 1, Math.max(files.closedAt(), files.reached()));
        return Math.max(written, Math.max(files.hint(), delivered));
    }

    private void note(long from, long through, String reason) {
        if (from <= through) {
            note.accept(List.of(new Loss(stream, from, through, reason)));
        }
    }
}
