package dev.vigil.forward;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a journal is and how much room it has.
 *
 * @param node first part of its streams: letters, digits, {@code - _ .}
 * @param directory absolute path, created when missing; may begin with a scheme of H2's virtual
 *     file systems
 * @param alarmBytes budget on disk of lane ALARM
 * @param historyBytes budget on disk of lane HISTORY
 * @param keep how long acknowledged volumes stay as local history, space allowing
 * @param alarmVolumeBytes size at which a volume of ALARM is sealed
 * @param historyVolumeBytes size at which a volume of HISTORY is sealed
 * @param whole what of HISTORY is never thinned
 */
// CHECKSTYLE OFF: one place, its room and its rules
public record JournalOptions(
        String node,
        String directory,
        long alarmBytes,
        long historyBytes,
        Duration keep,
        long alarmVolumeBytes,
        long historyVolumeBytes,
        KeepWhole whole) {
    // CHECKSTYLE ON
    private static final long MIB = 1024 * 1024;

    /** Ten minutes around incidents. */
    static final KeepWhole AROUND_ALARMS = new KeepWhole("alarm/", Duration.ofMinutes(10));

    public JournalOptions {
        if (!node.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException(
                    "journal: node '%s': letters, digits and - _ . only".formatted(node));
        }
        if (directory.contains(";")) {
            throw new IllegalArgumentException(
                    "journal: directory '%s': a semicolon ends an H2 URL".formatted(directory));
        }
        requireRoom("alarmBytes", alarmBytes, alarmVolumeBytes);
        requireRoom("historyBytes", historyBytes, historyVolumeBytes);
        if (keep.isNegative()) {
            throw new IllegalArgumentException("journal: keep is %s: not below 0".formatted(keep));
        }
    }

    /** With {@link #AROUND_ALARMS} kept whole. */
    public JournalOptions(
            String node,
            String directory,
            long alarmBytes,
            long historyBytes,
            Duration keep,
            long alarmVolumeBytes,
            long historyVolumeBytes) {
        this(
                node,
                directory,
                alarmBytes,
                historyBytes,
                keep,
                alarmVolumeBytes,
                historyVolumeBytes,
                AROUND_ALARMS);
    }

    /**
     * Volumes of 8 MiB (ALARM) and 64 MiB (HISTORY), or a quarter of the budget if that is less.
     */
    public static JournalOptions of(
            String node, Path directory, long alarmBytes, long historyBytes, Duration keep) {
        return new JournalOptions(
                node,
                directory.toAbsolutePath().normalize().toString(),
                alarmBytes,
                historyBytes,
                keep,
                Math.min(8 * MIB, alarmBytes / 4),
                Math.min(64 * MIB, historyBytes / 4));
    }

    public JournalOptions withWhole(KeepWhole changed) {
        return new JournalOptions(
                node,
                directory,
                alarmBytes,
                historyBytes,
                keep,
                alarmVolumeBytes,
                historyVolumeBytes,
                changed);
    }

    /** From this on HISTORY is thinned, so that it seldom comes to giving up. */
    long thinFrom() {
        return historyBytes / 4 * 3;
    }

    long budget(Lane lane) {
        return switch (lane) {
            case ALARM -> alarmBytes;
            case HISTORY -> historyBytes;
        };
    }

    long volumeBytes(Lane lane) {
        return switch (lane) {
            case ALARM -> alarmVolumeBytes;
            case HISTORY -> historyVolumeBytes;
        };
    }

    /** An empty H2 file has 32 KiB; a budget holds the volume written and at least one sealed. */
    private static void requireRoom(String name, long budget, long volume) {
        if (volume < 64 * 1024 || budget < 2 * volume) {
            throw new IllegalArgumentException(
                    "journal: %s is %d with volumes of %d: a volume has at least 65536 bytes, a budget at least two volumes"
                            .formatted(name, budget, volume));
        }
    }
}
