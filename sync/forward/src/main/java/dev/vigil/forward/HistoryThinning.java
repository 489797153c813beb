package dev.vigil.forward;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Thins lane HISTORY, the oldest volume first and one step at a time. Owned by the shipper's
 * thread.
 *
 * <p>Left alone: volumes of which an uplink may have got something (a sequence, once sent, stands
 * for the same records for ever); the newest one; what is younger than the time that is kept whole
 * before an incident, which may yet come.
 */
final class HistoryThinning {
    private static final int ALARM_BLOCKS_PER_STEP = 500;

    private final Disk disk;
    private final StreamId stream;
    private final AtomicReference<LaneView> view;
    private final LossNotes notes;
    private final KeepWhole whole;
    private final AlarmTimes incidents;
    private final Supplier<JournalReader> alarms;
    private final VolumeRepair repair;
    private final Consumer<Volume> damaged;
    private @Nullable VolumeThinning current;

    /**
     * Begins with none.
     *
     * @param damaged salvages what of a volume is left, which is not thinned after that
     */
    HistoryThinning(
            Disk disk,
            StreamId stream,
            AtomicReference<LaneView> view,
            LossNotes notes,
            KeepWhole whole,
            Supplier<JournalReader> alarms,
            Consumer<Volume> damaged) {
        this.disk = disk;
        this.stream = stream;
        this.view = view;
        this.notes = notes;
        this.whole = whole;
        this.incidents = new AlarmTimes(whole);
        this.alarms = alarms;
        this.damaged = damaged;
        this.repair = new VolumeRepair(disk, stream.lane().word(), stream);
    }

    /**
     * Goes on with a volume, or begins with the next one.
     *
     * @param wanted whether there is too little room
     * @param sent volumes up to the one with this start may have been sent from
     * @param age of the journal
     * @return false when there is nothing to do
     */
    boolean step(boolean wanted, long sent, Duration age) {
        VolumeThinning running = current;
        if (running != null && running.volume().start() <= sent) {
            close(); // an uplink has come to it meanwhile
            return true;
        }
        if (running != null) {
            goOn(running);
            return true;
        }
        Optional<Volume> next = wanted ? next(sent, age) : Optional.empty();
        if (next.isEmpty()) {
            return false;
        }
        try (JournalReader reader = alarms.get()) {
            if (incidents.read(reader, ALARM_BLOCKS_PER_STEP)) {
                return true;
            }
        }
        begin(next.get());
        return true;
    }

    void close() {
        VolumeThinning running = current;
        current = null;
        if (running != null) {
            running.abandon();
        }
    }

    private Optional<Volume> next(long sent, Duration age) {
        LaneView now = view.get();
        return now.sealed().stream()
                .filter(volume -> volume.start() > sent && !volume.form().mayHaveGaps())
                .filter(volume -> volume.sealedAt().plus(whole.around()).compareTo(age) <= 0)
                .filter(volume -> now.from(volume.through() + 1).isPresent())
                .findFirst();
    }

    private void begin(Volume volume) {
        if (repair.isGone(volume)) {
            damaged.accept(volume);
            return;
        }
        var begun = new VolumeThinning(disk, stream, volume, incidents, notes);
        if (begun.isWhole()) {
            current = begun;
            return;
        }
        // Now, not when the reader comes there: it would be the next one again and again.
        begun.abandon();
        damaged.accept(volume);
    }

    private void goOn(VolumeThinning running) {
        Volume volume = running.volume();
        if (!view.get().contains(volume)) {
            close();
            return;
        }
        boolean done = false;
        try {
            if (running.step()) {
                done = true;
                return;
            }
            Volume thinned = running.publish(repair);
            done = true;
            current = null;
            LaneView before = view.getAndUpdate(v -> v.rewritten(volume, Optional.of(thinned)));
            Volume old = before.contains(volume) ? volume : thinned;
            disk.delete(Disk.join(stream.lane().word(), old.fileName()));
        } finally {
            if (!done) {
                close();
            }
        }
    }
}
