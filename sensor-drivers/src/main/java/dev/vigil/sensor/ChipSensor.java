package dev.vigil.sensor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A sensor whose chip must be told what to do before it measures: by the first sample, and by the
 * first after a fault, which may have been a brown-out. That sample yields nothing. Owned by its
 * bus' thread.
 */
public abstract class ChipSensor implements Sensor {
    private final Channels channels;
    private final Duration interval;
    private boolean isSetUp;

    protected ChipSensor(Channels channels, Duration interval) {
        this.channels = channels;
        this.interval = interval;
    }

    @Override
    public final List<SensorChannel> channels() {
        return channels.list();
    }

    @Override
    public final Duration interval() {
        return interval;
    }

    @Override
    public final List<Reading> sample(Instant now) throws SensorFault {
        boolean known = isSetUp;
        isSetUp = false; // until all has gone well
        List<Reading> readings = List.of();
        if (known) {
            readings = measure(now);
        } else {
            setUp(now);
        }
        isSetUp = true;
        return readings;
    }

    /** Asks who it is and gives it its settings. */
    protected abstract void setUp(Instant now) throws SensorFault;

    /** A sample of the chip as it was set up; after a fault of it the chip is set up anew. */
    protected abstract List<Reading> measure(Instant now) throws SensorFault;

    /** As {@link Channels#readings}. */
    protected final List<Reading> readings(Instant at, Quality quality, double... values) {
        return channels.readings(at, quality, values);
    }
}
