package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A node's two clocks at one moment: what ties the times of a boot together when its wall clock
 * turns out to have been wrong.
 *
 * @param boot the operating system's boot; steady times compare within one boot only
 * @param steady since some fixed moment of that boot; never set, never steps
 * @param wall what the node took for the time of day
 * @param quality how far {@code wall} can be trusted
 */
public record ClockReading(UUID boot, Duration steady, Instant wall, ClockQuality quality) {
    /**
     * The wall time at which steady time was 0: equal for two readings of a clock that was right.
     */
    Instant origin() {
        return wall.minus(steady);
    }
}
