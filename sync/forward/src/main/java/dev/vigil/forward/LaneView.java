package dev.vigil.forward;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of a lane at one moment, in order of sequence. Immutable; replaced as a whole, so
 * that the committer, the shipper and whoever asks for figures need no lock.
 *
 * @param sealed nobody appends to these any more
 * @param active the one being written; null before the first append of a run and after a fault
 * @param asideBytes of damaged files beside them
 */
record LaneView(List<Volume> sealed, @Nullable Volume active, long asideBytes) {
    static LaneView of(List<Volume> sealed) {
        return new LaneView(List.copyOf(sealed), null, 0);
    }

    LaneView withAside(long bytes) {
        return new LaneView(sealed, active, bytes);
    }

    /** The volume that holds {@code sequence}, else the first one after it. */
    Optional<Volume> from(long sequence) {
        for (Volume volume : sealed) {
            if (volume.through() >= sequence) {
                return Optional.of(volume);
            }
        }
        return active != null && active.through() >= sequence
                ? Optional.of(active)
                : Optional.empty();
    }

    boolean isActive(Volume volume) {
        return active != null && active.start() == volume.start();
    }

    LaneView withActive(@Nullable Volume volume) {
        return new LaneView(sealed, volume, asideBytes);
    }

    /** The active one joins the sealed ones; forgotten when nothing in it is durable. */
    LaneView sealing(java.time.Duration age) {
        if (active == null) {
            return this;
        }
        if (active.through() < active.start()) {
            return withActive(null);
        }
        var volumes = new ArrayList<>(sealed);
        volumes.add(active.sealed(age));
        return new LaneView(List.copyOf(volumes), null, asideBytes);
    }

    LaneView without(Volume volume) {
        return only(v -> v.start() != volume.start());
    }

    /** With {@code to} in place of the sealed volume of the same start, if that is still there. */
    LaneView replacing(Volume to) {
        return new LaneView(
                sealed.stream().map(v -> v.start() == to.start() ? to : v).toList(),
                active,
                asideBytes);
    }

    /** With what a rewrite made of a volume. */
    LaneView rewritten(Volume from, Optional<Volume> to) {
        return to.isPresent() ? replacing(to.get()) : without(from);
    }

    boolean contains(Volume volume) {
        return sealed.stream().anyMatch(v -> v.start() == volume.start());
    }

    long bytes() {
        long bytes = asideBytes + (active == null ? 0 : active.bytes());
        for (Volume volume : sealed) {
            bytes += volume.bytes();
        }
        return bytes;
    }

    long recordsAfter(long sequence) {
        long records = active == null ? 0 : active.recordsAfter(sequence);
        for (Volume volume : sealed) {
            records += volume.recordsAfter(sequence);
        }
        return records;
    }

    /** The share of the bytes on disk that holds records after {@code sequence}. */
    long bytesAfter(long sequence) {
        long bytes = active == null ? 0 : share(active, sequence);
        for (Volume volume : sealed) {
            bytes += share(volume, sequence);
        }
        return bytes;
    }

    int volumes() {
        return sealed.size() + (active == null ? 0 : 1);
    }

    private LaneView only(Predicate<Volume> predicate) {
        return new LaneView(sealed.stream().filter(predicate).toList(), active, asideBytes);
    }

    private static long share(Volume volume, long sequence) {
        long all = volume.recordsAfter(0);
        return all == 0
                ? 0
                : (long) (volume.bytes() * ((double) volume.recordsAfter(sequence) / all));
    }
}
