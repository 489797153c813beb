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
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens on a GPIO line: a tipping bucket, a flow meter, an inductive loop. Owned by
 * its bus' thread. The line is looked at often, so that the kernel need not keep many edges; a
 * reading tells of the window since the last one, the first look only begins a window.
 *
 * <p>Edges that the kernel lost are a fault of that look, which goes on counting from what the line
 * is then; the values of its window, and the sums that it is in, are {@link Quality#UNCERTAIN}: too
 * small. So are sums that do not reach back for their whole time yet.
 */
public final class PulseCounter implements Sensor {
    /** In the order of the values. */
    public static final List<Measurand> MEASURANDS =
            List.of(
                    Measurand.of(Quantity.RATE),
                    Measurand.of(Quantity.OCCUPANCY),
                    Measurand.of(Quantity.VELOCITY),
                    Measurand.of(Quantity.VOLUME_FLOW),
                    Measurand.of(Quantity.LEVEL));

    /** The kernel keeps 512 edges of a line: 1280 pulses a second are counted at this interval. */
    static final Duration LOOK = Duration.ofMillis(200);

    private static final long RETRY_NANOS = 1_000_000_000;

    /** A sum is of so many windows at most: a day of ten seconds each. */
    public static final int WINDOWS_MAX = 8640;

    /**
     * What is counted, and how it is told.
     *
     * @param perPulse metres of rain, or cubic metres of what flows, for one pulse
     * @param every length of a window, which yields a reading
     * @param sumOver the time a sum reaches back: that of {@code level}, in metres of rain
     */
    public record Meaning(double perPulse, Duration every, Duration sumOver) {
        public Meaning {
            if (!(perPulse > 0) || !Double.isFinite(perPulse)) {
                throw new IllegalArgumentException(
                        "a pulse counter with %s for one pulse: must be more than 0"
                                .formatted(perPulse));
            }
            if (!every.isPositive()
                    || sumOver.compareTo(every) < 0
                    || sumOver.dividedBy(every) > WINDOWS_MAX) {
                throw new IllegalArgumentException(
                        "a sum over %s of windows of %s: must be of 1 to %d windows"
                                .formatted(sumOver, every, WINDOWS_MAX));
            }
        }
    }

    private final GpioInput input;
    private final LongSupplier kernelNanos;
    private final Meaning meaning;
    private final Channels channels;
    private final long windowNanos;

    /** A look that comes a little early ends its window, or the window would be a look longer. */
    private final long enoughNanos;

    private final PulseSum sum;
    private boolean isKnown;
    private boolean active;
    private long lost;
    private @Nullable PulseWindow window;

    /** A line that can't be had is tried again at this time of the kernel's. */
    private long tryNanos = Long.MIN_VALUE;

    /**
     * @param kernelNanos the clock of {@link GpioInput.Edge#kernelNanos}
     */
    public PulseCounter(
            GpioInput input, LongSupplier kernelNanos, Meaning meaning, Channels channels) {
        this.input = input;
        this.kernelNanos = kernelNanos;
        this.meaning = meaning;
        this.channels = channels;
        this.windowNanos = meaning.every.toNanos();
        this.enoughNanos = windowNanos - interval().toNanos() / 2;
        this.sum = new PulseSum((int) meaning.sumOver.dividedBy(meaning.every));
    }

    @Override
    public List<SensorChannel> channels() {
        return channels.list();
    }

    @Override
    public Duration interval() {
        return meaning.every.compareTo(LOOK) < 0 ? meaning.every : LOOK;
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        boolean known = isKnown;
        long began = kernelNanos.getAsLong();
        if (!known && began < tryNanos) {
            return List.of();
        }
        isKnown = false; // until all has gone well
        tryNanos = known ? began : began + RETRY_NANOS;
        GpioInput.Edges edges = input.edges();
        PulseWindow before = window;
        if (!known || before == null) {
            active = input.active();
            begin(before, kernelNanos.getAsLong());
            isKnown = true;
            return List.of();
        }
        PulseWindow looked = before.and(active, edges, kernelNanos.getAsLong());
        window = looked;
        active = edges.active();
        isKnown = true;
        if (edges.lost() > 0) {
            lost += edges.lost();
            throw new SensorFault(
                    "%s: the kernel had no room for %d edges, %d since the start; counted on from what the line is now"
                            .formatted(channels.list().getFirst().id(), edges.lost(), lost));
        }
        return looked.nanos() < enoughNanos ? List.of() : told(now, looked);
    }

    /** After a fault the sum knows what was counted until then, and that it knows no more. */
    private void begin(@Nullable PulseWindow before, long nanos) {
        if (before != null) {
            sum.add(before.pulses(), false);
            sum.skip((nanos - before.toNanos()) / windowNanos);
        }
        window = PulseWindow.begin(nanos);
    }

    private List<Reading> told(Instant now, PulseWindow done) {
        window = PulseWindow.begin(done.toNanos());
        sum.add(done.pulses(), done.isWhole());
        double amount = done.perSecond() * meaning.perPulse;
        List<Reading> readings =
                channels.readings(
                        now,
                        done.isWhole() ? Quality.GOOD : Quality.UNCERTAIN,
                        done.perSecond(),
                        done.occupancy(),
                        amount,
                        amount,
                        sum.pulses() * meaning.perPulse);
        return sum.isWhole() ? readings : readings.stream().map(PulseCounter::doubtSum).toList();
    }

    private static Reading doubtSum(Reading reading) {
        return reading.channel().quantity() == Quantity.LEVEL
                ? new Reading(reading.channel(), reading.value(), Quality.UNCERTAIN, reading.at())
                : reading;
    }
}
