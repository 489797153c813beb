package dev.vigil.sensor.pulse;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.GpioInput;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Counts what happens on a GPIO line: a tipping bucket, a flow meter, an inductive loop. Owned by
 * its chip's thread. A sample tells of the time since the last one; the first tells nothing. Where
 * the kernel lost edges, the values are {@link Quality#UNCERTAIN}: too small.
 */
public final class PulseCounter implements Sensor {
    /** In the order of the values. */
    public static final List<Measurand> MEASURANDS =
            List.of(
                    Measurand.of(Quantity.RATE),
                    new Measurand("rain", Quantity.VELOCITY),
                    Measurand.of(Quantity.VOLUME_FLOW),
                    Measurand.of(Quantity.OCCUPANCY));

    private final GpioInput input;
    private final LongSupplier kernelNanos;
    private final double perPulse;
    private final Channels channels;
    private final Duration interval;
    private boolean isKnown;
    private boolean active;
    private long lastNanos;

    /**
     * @param kernelNanos the clock of {@link GpioInput.Edge#kernelNanos}
     * @param perPulse metres of rain or cubic metres of flow for one pulse
     */
    public PulseCounter(
            GpioInput input,
            LongSupplier kernelNanos,
            double perPulse,
            Channels channels,
            Duration interval) {
        if (!(perPulse > 0) || !Double.isFinite(perPulse)) {
            throw new IllegalArgumentException(
                    "a pulse counter with %s for one pulse: must be more than 0"
                            .formatted(perPulse));
        }
        this.input = input;
        this.kernelNanos = kernelNanos;
        this.perPulse = perPulse;
        this.channels = channels;
        this.interval = interval;
    }

    @Override
    public List<SensorChannel> channels() {
        return channels.list();
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        boolean known = isKnown;
        isKnown = false; // until all has gone well
        GpioInput.Edges edges = input.edges();
        long nanos = kernelNanos.getAsLong();
        long before = lastNanos;
        boolean activeBefore = active;
        lastNanos = nanos;
        active = edges.active();
        isKnown = true;
        if (!known || nanos <= before) {
            return List.of();
        }
        PulseWindow window = PulseWindow.of(activeBefore, edges.list(), before, nanos);
        double amount = window.perSecond() * perPulse;
        return channels.readings(
                now,
                edges.lost() == 0 ? Quality.GOOD : Quality.UNCERTAIN,
                window.perSecond(),
                amount,
                amount,
                window.occupancy());
    }

    @Override
    public void close() {}
}
