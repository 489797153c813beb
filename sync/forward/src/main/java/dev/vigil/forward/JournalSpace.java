package dev.vigil.forward;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps the lanes to their budgets, and ALARM's share of the disk free of HISTORY. What goes first:
 * delivered files when they are old or must; then damaged ones that were set aside; then data that
 * nobody has got, with a loss record that is durable before. Owned by the committer.
 */
final class JournalSpace {
    /** A block and a new file for it. */
    private static final long BLOCK_ROOM = 1024 * 1024;

    private final JournalOptions options;
    private final Disk disk;
    private final LossNotes losses;
    private final JournalClock clock;
    private final Map<Lane, LaneLog> logs;
    private final Map<Lane, LaneTail> tails;

    /**
     * Per lane what the last loss record for want of budget says; its volume may be there still.
     */
    private final Map<Lane, Long> givenUpThrough = new EnumMap<>(Lane.class);

    JournalSpace(
            JournalOptions options,
            Disk disk,
            LossNotes losses,
            JournalClock clock,
            Map<Lane, LaneLog> logs,
            Map<Lane, LaneTail> tails) {
        this.options = options;
        this.disk = disk;
        this.losses = losses;
        this.clock = clock;
        this.logs = logs;
        this.tails = tails;
    }

    /**
     * HISTORY must not grow into what ALARM has not used yet of its budget, or of its share of a
     * disk that is smaller than the budgets.
     *
     * @throws JournalFault the disk has no more room for HISTORY
     */
    void requireRoom(Lane lane) {
        if (lane == Lane.ALARM) {
            return;
        }
        double share =
                (double) options.alarmBytes() / (options.alarmBytes() + options.historyBytes());
        long reserved =
                Math.min(
                        options.alarmBytes() - log(Lane.ALARM).view().get().bytes(),
                        (long) (disk.totalBytes() * share));
        long free = disk.freeBytes();
        if (free < reserved + Math.min(BLOCK_ROOM, options.historyVolumeBytes())) {
            throw new JournalFault(
                            disk.path(lane.word()),
                            "No space left on device but %d bytes, of %d reserved for lane ALARM"
                                    .formatted(free, reserved))
                    .in(lane);
        }
    }

    void keepToBudgets() {
        for (Lane lane : Lane.values()) {
            try {
                keepToBudget(lane);
            } catch (JournalFault _) {
                // Nothing of what was synced is void; the budget is looked at again with every
                // sync.
            }
        }
    }

    private void keepToBudget(Lane lane) {
        LaneLog log = log(lane);
        long delivered = tail(lane).delivered();
        while (!log.view().get().sealed().isEmpty()) {
            Volume oldest = log.view().get().sealed().getFirst();
            boolean acknowledged = oldest.through() <= delivered;
            boolean over = log.view().get().bytes() > options.budget(lane);
            if (!over && !(acknowledged && isOld(oldest) && !isStillAskedFor(lane))) {
                return;
            }
            if (over && !acknowledged && log.view().get().asideBytes() > 0) {
                deleteAside(log);
                continue;
            }
            if (!acknowledged && oldest.through() > givenUpThrough.getOrDefault(lane, 0L)) {
                String why = "budget of %d bytes".formatted(options.budget(lane));
                Loss loss = loss(log, oldest, delivered, why);
                record(loss.record(clock.now()));
                log.recorded(List.of(loss));
                givenUpThrough.put(lane, oldest.through());
            }
            log.forget(oldest);
            delete(log, oldest);
        }
    }

    private boolean isOld(Volume volume) {
        return clock.age().minus(volume.sealedAt()).compareTo(options.keep()) >= 0;
    }

    /** As long as HISTORY waits, ALARM's records tell what of it is to be kept whole. */
    private boolean isStillAskedFor(Lane lane) {
        return lane == Lane.ALARM && tail(Lane.HISTORY).delivered() < log(Lane.HISTORY).through();
    }

    private void record(SenmlRecord record) {
        LaneLog alarms = log(Lane.ALARM);
        alarms.append(List.of(record), clock);
        alarms.sync(clock.age()).ifPresent(tail(Lane.ALARM)::firstVisible);
    }

    /** What was whole in it has been taken out, and what was not is in loss records. */
    private void deleteAside(LaneLog log) {
        String folder = log.stream().lane().word();
        disk.asideFiles(folder).stream()
                .findFirst()
                .ifPresent(
                        name -> {
                            String file = Disk.join(folder, name);
                            record(asideRecord(file, disk.size(file)));
                            disk.delete(file);
                        });
        long left = disk.asideBytes(folder);
        log.view().updateAndGet(v -> v.withAside(left));
    }

    private SenmlRecord asideRecord(String file, long bytes) {
        var json = new StringBuilder("{\"file\":");
        SenmlJson.string(json, file);
        json.append(",\"bytes\":").append(bytes);
        json.append(",\"reason\":\"space: its lane's budget is used up\"}");
        return SenmlRecord.text("aside/deleted", json.toString(), clock.now());
    }

    /**
     * The disk is full below the budgets: local history goes, so that the next attempt finds room;
     * for an alarm, history that was not delivered goes too.
     */
    void makeRoom(JournalFault fault) {
        if (!fault.isNoSpace()) {
            return;
        }
        LaneLog history = log(Lane.HISTORY);
        long delivered = tail(Lane.HISTORY).delivered();
        var sealed = history.view().get().sealed();
        if (sealed.isEmpty()) {
            return;
        }
        Volume oldest = sealed.getFirst();
        boolean acknowledged = oldest.through() <= delivered;
        if (!acknowledged && !fault.lanes().contains(Lane.ALARM)) {
            return;
        }
        try {
            if (!acknowledged) {
                Loss loss = loss(history, oldest, delivered, "disk full");
                history.forgetUnrecorded(oldest, losses.isEmpty() ? loss.from() : 0);
                losses.remember(loss);
            } else if (losses.isEmpty()) {
                history.forget(oldest);
            } else {
                history.forgetUnrecorded(oldest, 0);
            }
            delete(history, oldest);
        } catch (JournalFault e) {
            fault.addSuppressed(e);
        }
    }

    private static Loss loss(LaneLog log, Volume volume, long delivered, String why) {
        return new Loss(
                log.stream(),
                Math.max(volume.start(), delivered + 1),
                volume.through(),
                "space: " + why);
    }

    private void delete(LaneLog log, Volume volume) {
        disk.delete(Disk.join(log.stream().lane().word(), volume.fileName()));
    }

    private LaneLog log(Lane lane) {
        return Objects.requireNonNull(logs.get(lane));
    }

    private LaneTail tail(Lane lane) {
        return Objects.requireNonNull(tails.get(lane));
    }
}
