package dev.vigil.node.watch;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The driver of {@link ChainTest}: each sample is a cool reading, which ends what the last one
 * began, and a hot one. Owned by its bus' thread.
 */
public final class SelfTestSensor implements Sensor {
    private static final double COOL = 20;
    private static final double HOT = 120;
    private static final Duration APART = Duration.ofMillis(10);

    private final Duration interval;

    public SelfTestSensor(Duration interval) {
        this.interval = interval;
    }

    @Override
    public List<SensorChannel> channels() {
        return List.of(ChainTest.CHANNEL);
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Reading> sample(Instant now) {
        return List.of(
                new Reading(ChainTest.CHANNEL, COOL, Quality.GOOD, now.minus(APART)),
                new Reading(ChainTest.CHANNEL, HOT, Quality.GOOD, now));
    }

    @Override
    public void close() {}
}
