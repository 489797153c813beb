package dev.vigil.sensor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A sensor that measures a {@link Wave}, for trying things out without hardware. Immutable; owned
 * by its bus' thread like every sensor.
 */
public final class WaveformSensor implements Sensor {
    private final SensorChannel channel;
    private final Wave wave;
    private final Duration interval;

    public WaveformSensor(SensorChannel channel, Wave wave, Duration interval) {
        if (!interval.isPositive()) {
            throw new IllegalArgumentException(
                    "waveform sensor %s with interval %s: must be longer than 0"
                            .formatted(channel.id(), interval));
        }
        this.channel = channel;
        this.wave = wave;
        this.interval = interval;
    }

    @Override
    public List<SensorChannel> channels() {
        return List.of(channel);
    }

    @Override
    public Duration interval() {
        return interval;
    }

    /** One reading, taken {@code now}. Never a fault. */
    @Override
    public List<Reading> sample(Instant now) {
        return List.of(new Reading(channel, wave.at(now), Quality.GOOD, now));
    }
}
