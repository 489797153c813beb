package dev.vigil.forward;

import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a lane in order, one volume open at a time. Owned by one thread; the lane may
 * be written by another meanwhile.
 */
final class LaneReader {
    /**
     * A volume may be sealed, rewritten or dropped between the look at the list and the opening.
     */
    private static final int ATTEMPTS = 4;

    private final Disk disk;
    private final String folder;
    private final StreamId stream;
    private final Supplier<LaneView> view;
    private @Nullable VolumeReader reader;
    private @Nullable String open;

    /** A volume that does not hold what it should. */
    static final class DamagedVolume extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Volume volume;

        DamagedVolume(Volume volume, String reason) {
            super(reason);
            this.volume = volume;
        }

        Volume volume() {
            return volume;
        }
    }

    LaneReader(Disk disk, String folder, StreamId stream, Supplier<LaneView> view) {
        this.disk = disk;
        this.folder = folder;
        this.stream = stream;
        this.view = view;
    }

    /** The durable block that holds {@code sequence}, else the first one after it. */
    Optional<Block> from(long sequence) throws DamagedVolume {
        long wanted = sequence;
        while (true) {
            Optional<Volume> volume = view.get().from(wanted);
            if (volume.isEmpty()) {
                return Optional.empty();
            }
            Optional<Block> block = read(wanted);
            if (block.isPresent()) {
                return block;
            }
            // Nothing more in a volume that may have gaps.
            wanted = Math.max(wanted, volume.get().through()) + 1;
        }
    }

    void close() {
        VolumeReader closing = reader;
        reader = null;
        open = null;
        if (closing != null) {
            closing.close();
        }
    }

    private Optional<Block> read(long wanted) throws DamagedVolume {
        Optional<DamagedVolume> damage = Optional.empty();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Volume> current = view.get().from(wanted);
            if (current.isEmpty()) {
                return Optional.empty();
            }
            Volume volume = current.get();
            try {
                return checked(volume, Math.max(wanted, volume.start()));
            } catch (SQLException e) {
                close();
                damage = Optional.of(new DamagedVolume(volume, "H2: " + e.getMessage()));
            } catch (VolumeReader.DamagedRow e) {
                close();
                throw new DamagedVolume(volume, e.toString());
            }
        }
        throw damage.orElseThrow();
    }

    private Optional<Block> checked(Volume volume, long expected)
            throws SQLException, VolumeReader.DamagedRow, DamagedVolume {
        Optional<Block> block =
                reader(volume).from(expected).filter(b -> b.lastSequence() <= volume.through());
        boolean gap = block.isEmpty() || block.get().firstSequence() > expected;
        if (gap && !volume.form().mayHaveGaps()) {
            close();
            throw new DamagedVolume(volume, "block %d is missing".formatted(expected));
        }
        return block;
    }

    private VolumeReader reader(Volume volume) throws SQLException {
        VolumeReader current = reader;
        if (current != null && volume.fileName().equals(open)) {
            return current;
        }
        close();
        current = new VolumeReader(disk, folder, volume, stream);
        reader = current;
        open = volume.fileName();
        return current;
    }
}
