package dev.vigil.sensor.plausibility;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one channel. Owned by the thread of its {@link Plausibility}. Doubts are
 * bits ({@link Doubt#bit}); texts are made only when asked for.
 */
final class ChannelRecord {
    /** A chip's power-on value is believed when the last value was this close. */
    private static final double POWER_ON_STEP = 5;

    /** Steps are measured over at least so long, or a sensor's noise would be a rate. */
    private static final double RATE_SECONDS_MIN = 1;

    final SensorChannel channel;
    private final Bounds bounds;
    private final long staleNanos;
    private final boolean canStick;

    private @Nullable Reading last;
    private Quality lastQuality = Quality.BAD;

    /** The last one that was not BAD; what a step is measured from. */
    private @Nullable Reading believed;

    private @Nullable Instant sameSince;
    private long heardNanos;
    private long disagreesNanos = -1;
    private double median;
    private int voters;

    private int doubts;
    private int doubtsSinceTick;
    private @Nullable Reading doubtful;
    private String unreadableWhy = "";

    ChannelRecord(SensorChannel channel, Bounds bounds) {
        this.channel = channel;
        this.bounds = bounds;
        this.staleNanos = bounds.staleAfter().toNanos();
        this.canStick = bounds.stuckAfter().isPositive();
    }

    /** The quality of the reading after all that is known. */
    Quality judge(Reading reading, long steadyNanos) {
        heardNanos = steadyNanos;
        double value = reading.value();
        int found = doubts & Doubt.DISAGREES.bit();
        if (reading.quality() == Quality.BAD) {
            found |= Doubt.REPORTED.bit();
        } else if (value < bounds.min() || value > bounds.max()) {
            found |= Doubt.RANGE.bit();
        } else if (value == bounds.powerOn() && isJump(value)) {
            found |= Doubt.POWER_ON.bit();
        } else {
            if (isTooFast(reading)) {
                found |= Doubt.RATE.bit();
            }
            believed = reading;
        }
        if (canStick && isStuck(reading)) {
            found |= Doubt.STUCK.bit();
        }
        last = reading;
        doubts = found;
        if (found == 0) {
            lastQuality = reading.quality();
            return lastQuality;
        }
        doubtsSinceTick |= found;
        doubtful = reading;
        lastQuality = worst(reading.quality(), found);
        return lastQuality;
    }

    private static Quality worst(Quality own, int doubts) {
        Quality worst = own;
        for (Doubt doubt : Doubt.values()) {
            if ((doubts & doubt.bit()) != 0 && doubt.quality().compareTo(worst) > 0) {
                worst = doubt.quality();
            }
        }
        return worst;
    }

    private boolean isJump(double value) {
        return believed == null || Math.abs(value - believed.value()) > POWER_ON_STEP;
    }

    private boolean isTooFast(Reading reading) {
        if (believed == null || bounds.perSecondMax() == Double.POSITIVE_INFINITY) {
            return false;
        }
        double seconds = seconds(believed.at(), reading.at());
        return Math.abs(reading.value() - believed.value())
                > bounds.perSecondMax() * Math.max(seconds, RATE_SECONDS_MIN);
    }

    private static double seconds(Instant from, Instant to) {
        return to.getEpochSecond() - from.getEpochSecond() + (to.getNano() - from.getNano()) * 1e-9;
    }

    private boolean isStuck(Reading reading) {
        if (last == null || last.value() != reading.value() || sameSince == null) {
            sameSince = reading.at();
            return false;
        }
        return !reading.at().isBefore(sameSince.plus(bounds.stuckAfter()));
    }

    void unreadable(String why) {
        unreadableWhy = why;
        doubts |= Doubt.UNREADABLE.bit();
        doubtsSinceTick |= Doubt.UNREADABLE.bit();
    }

    private boolean isStale(long steadyNanos) {
        return staleNanos > 0 && steadyNanos - heardNanos >= staleNanos;
    }

    boolean votes(long steadyNanos) {
        return believed != null && lastQuality != Quality.BAD && !isStale(steadyNanos);
    }

    double believed() {
        return believed == null ? Double.NaN : believed.value();
    }

    void agrees() {
        disagreesNanos = -1;
        doubts &= ~Doubt.DISAGREES.bit();
    }

    void compare(double ofZone, int count, long steadyNanos) {
        if (!votes(steadyNanos) || Math.abs(believed() - ofZone) <= bounds.agreeWithin()) {
            agrees();
            return;
        }
        median = ofZone;
        voters = count;
        if (disagreesNanos < 0) {
            disagreesNanos = steadyNanos;
        } else if (steadyNanos - disagreesNanos >= Plausibility.DISAGREES_AFTER.toNanos()) {
            doubts |= Doubt.DISAGREES.bit();
            doubtful = last;
        }
    }

    /** Tells what is wrong, or was since the last tick. */
    void tick(long steadyNanos, List<Finding> into) {
        int told = doubts | doubtsSinceTick | (isStale(steadyNanos) ? Doubt.STALE.bit() : 0);
        doubtsSinceTick = 0;
        if (told == 0) {
            return;
        }
        for (Doubt doubt : Doubt.values()) {
            if ((told & doubt.bit()) != 0) {
                into.add(new Finding(channel, doubt, detail(doubt)));
            }
        }
    }

    private String detail(Doubt doubt) {
        String unit = channel.quantity().unit();
        String value = doubtful == null ? "the value" : "%s %s".formatted(doubtful.value(), unit);
        return switch (doubt) {
            case STALE ->
                    last == null
                            ? "nothing heard yet, expected within " + text(bounds.staleAfter())
                            : "nothing heard for longer than " + text(bounds.staleAfter());
            case UNREADABLE -> unreadableWhy;
            case REPORTED -> "its driver does not believe " + value;
            case RANGE ->
                    "%s is outside of %s to %s %s"
                            .formatted(value, bounds.min(), bounds.max(), unit);
            case POWER_ON -> "%s is what its chip says before it has measured".formatted(value);
            case RATE ->
                    "came to %s faster than %s %s in a second"
                            .formatted(value, bounds.perSecondMax(), unit);
            case STUCK -> "%s for longer than %s".formatted(value, text(bounds.stuckAfter()));
            case DISAGREES ->
                    "%s, but the median of %d in %s is %s %s; %s is allowed"
                            .formatted(
                                    value,
                                    voters,
                                    channel.zone(),
                                    median,
                                    unit,
                                    bounds.agreeWithin());
        };
    }

    private static String text(Duration duration) {
        return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
