package dev.vigil.forward;

import java.time.Duration;

/**
 * What of HISTORY is not thinned: everything from the first to the last record of one name in lane
 * ALARM, and some time before and after.
 *
 * @param namePrefix of the ALARM records that count: {@code alarm/}, one name for each incident
 * @param around before the first and after the last of them
 */
public record KeepWhole(String namePrefix, Duration around) {
    public KeepWhole {
        if (around.isNegative()) {
            throw new IllegalArgumentException(
                    "journal: keep whole %s around alarms: not below 0".formatted(around));
        }
    }
}
