package dev.vigil.sensor;

import java.time.Duration;

/**
 * How a recording is played.
 *
 * @param speed times as fast as it was measured: 1 is real time, 20 makes a minute of three seconds
 * @param repeat begin again at the end
 * @param interval how often the sensor wants to be asked
 */
public record Replay(double speed, boolean repeat, Duration interval) {
    public static final double SPEED_MIN = 0.001;
    public static final double SPEED_MAX = 100_000;
    private static final double INTERVAL_SECONDS_MIN = 0.02;

    public Replay {
        if (!(speed >= SPEED_MIN && speed <= SPEED_MAX)) {
            throw new IllegalArgumentException(
                    "replay speed is %s, allowed are %s to %s"
                            .formatted(speed, SPEED_MIN, SPEED_MAX));
        }
        if (!interval.isPositive()) {
            throw new IllegalArgumentException(
                    "replay interval is %s: must be longer than 0".formatted(interval));
        }
    }

    /**
     * Asked once in each recorded second, at most 50 times and at least once in a real one:
     * recordings of the field have a row every few seconds.
     */
    public static Replay at(double speed, boolean repeat) {
        double seconds = Math.clamp(1 / speed, INTERVAL_SECONDS_MIN, 1);
        return new Replay(speed, repeat, Duration.ofNanos((long) (seconds * 1e9)));
    }
}
