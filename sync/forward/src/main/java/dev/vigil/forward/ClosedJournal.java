package dev.vigil.forward;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A journal that no node has open, read without changing it: a copied directory, a card taken out
 * of a dead gateway. Owned by one thread.
 */
public final class ClosedJournal implements AutoCloseable {
    private final Disk disk;
    private final Identity identity;

    private final Optional<FileChannel> lock;

    private ClosedJournal(Disk disk, Identity identity, Optional<FileChannel> lock) {
        this.disk = disk;
        this.identity = identity;
        this.lock = lock;
    }

    /**
     * Looks at a journal directory.
     *
     * @throws JournalFault there is none, or a node has it open
     */
    public static ClosedJournal open(String directory) {
        var disk = new Disk(directory);
        if (!disk.exists("")) {
            throw new JournalFault(directory, "no such directory");
        }
        Identity identity =
                Identity.read(disk)
                        .orElseThrow(
                                () ->
                                        new JournalFault(
                                                directory,
                                                "holds no journal: there is no valid "
                                                        + Identity.FILE));
        return new ClosedJournal(disk, identity, lock(disk));
    }

    /** A reader of one lane, for the same thread, which closes it. */
    public JournalReader reader(Lane lane) {
        LaneView view = view(lane);
        return new JournalReader(disk, identity.stream(lane), () -> view);
    }

    @Override
    public void close() {
        lock.ifPresent(ClosedJournal::release);
    }

    /** Shared, so that it works on a card mounted read-only. */
    private static Optional<FileChannel> lock(Disk disk) {
        if (!disk.exists(Journal.LOCK)) {
            return Optional.empty();
        }
        FileChannel channel = disk.open(Journal.LOCK, "r");
        try {
            if (channel.tryLock(0, Long.MAX_VALUE, true) != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException _) {
            // in use within this process
        } catch (IOException e) {
            release(channel);
            throw new JournalFault(disk.path(Journal.LOCK), "can not be locked", e);
        }
        release(channel);
        throw new JournalFault(
                disk.path(""),
                "in use by a running node: stop it, or copy the directory and read the copy");
    }

    private static void release(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // The lock ends with the process.
        }
    }

    private LaneView view(Lane lane) {
        String folder = lane.word();
        var byStart = new TreeMap<Long, Volume>();
        for (String name : disk.names(folder)) {
            Volume.named(name)
                    .ifPresent(
                            volume ->
                                    byStart.merge(
                                            volume.start(),
                                            volume,
                                            (one, other) ->
                                                    one.form().compareTo(other.form()) < 0
                                                            ? other
                                                            : one));
        }
        List<Volume> volumes = new ArrayList<>();
        for (Volume volume : byStart.values()) {
            Long next = byStart.higherKey(volume.start());
            volumes.add(volume.upTo(next == null ? lastOf(lane, volume) : next - 1, 0));
        }
        return LaneView.of(volumes);
    }

    /** What H2 gives of the newest file, and what is whole in it beyond that. */
    private long lastOf(Lane lane, Volume volume) {
        StreamId stream = identity.stream(lane);
        String folder = lane.word();
        long last = volume.start() - 1;
        try {
            var reader = new VolumeReader(disk, folder, volume, stream);
            try {
                last = reader.lastSequence().orElse(last);
            } finally {
                reader.close();
            }
        } catch (SQLException | VolumeReader.DamagedRow _) {
            // the scan finds what is whole
        }
        try (var scan = new VolumeScan(disk, Disk.join(folder, volume.fileName()), stream)) {
            return scan.places().isEmpty()
                    ? last
                    : Math.max(last, scan.places().lastEntry().getValue().lastSequence());
        }
    }
}
