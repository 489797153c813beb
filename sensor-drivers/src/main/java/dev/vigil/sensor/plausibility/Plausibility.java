package dev.vigil.sensor.plausibility;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lowers the quality of readings that can't be measurements, and knows what is wrong with which
 * channel. Owned by one thread, the pipeline's.
 *
 * <ul>
 *   <li>A quality is only ever lowered, a value never changed, a reading never dropped.
 *   <li>Only what can't be a measurement becomes {@link Quality#BAD}, which policies do not judge;
 *       what is merely odd becomes {@link Quality#UNCERTAIN}, which they do. So no doubt of this
 *       layer keeps a fire from being seen, except of values no fire has.
 *   <li>Silence is told by {@link #tick}, which must be called about once a second. Time that the
 *       clock jumps is not silence: a tick counts for {@link #TICK_MAX} at most.
 *   <li>Memory is bounded by the channels; a reading of an unknown one passes as it is.
 * </ul>
 */
public final class Plausibility {
    /** A zone's sensors may differ for so long: a fire begins near one of them. */
    public static final Duration DISAGREES_AFTER = Duration.ofMinutes(15);

    static final Duration TICK_MAX = Duration.ofSeconds(5);

    private final IdentityHashMap<SensorChannel, ChannelRecord> records = new IdentityHashMap<>();
    private final ChannelRecord[] all;
    private final List<List<ChannelRecord>> groups;
    private @Nullable Instant lastTick;
    private long steadyNanos;

    /** Every channel with what its readings can be. */
    public Plausibility(Map<SensorChannel, Bounds> bounds) {
        Map<String, List<ChannelRecord>> byZone = new LinkedHashMap<>();
        bounds.forEach(
                (channel, own) -> {
                    ChannelRecord record = new ChannelRecord(channel, own);
                    records.put(channel, record);
                    if (Double.isFinite(own.agreeWithin())) {
                        byZone.computeIfAbsent(
                                        channel.quantity() + " " + channel.zone(),
                                        _ -> new ArrayList<>())
                                .add(record);
                    }
                });
        all = records.values().toArray(ChannelRecord[]::new);
        Arrays.sort(all, (a, b) -> a.channel.id().compareTo(b.channel.id()));
        groups = List.copyOf(byZone.values());
    }

    /**
     * The readings, in order, each with the quality it deserves; the same list when all is well.
     */
    public List<Reading> judge(List<Reading> readings) {
        List<Reading> judged = null;
        for (int i = 0; i < readings.size(); i++) {
            Reading reading = readings.get(i);
            ChannelRecord record = records.get(reading.channel());
            if (record == null) {
                continue;
            }
            Quality quality = record.judge(reading, steadyNanos);
            if (quality != reading.quality()) {
                if (judged == null) {
                    judged = new ArrayList<>(readings);
                }
                judged.set(
                        i, new Reading(reading.channel(), reading.value(), quality, reading.at()));
            }
        }
        return judged == null ? readings : judged;
    }

    /** Sensors that could not be read: a doubt until the next reading of each. */
    public void unreadable(List<SensorChannel> channels, String why) {
        for (SensorChannel channel : channels) {
            ChannelRecord record = records.get(channel);
            if (record != null) {
                record.unreadable(why);
            }
        }
    }

    /** What is wrong now or was since the last tick, by channel. */
    public List<Finding> tick(Instant now) {
        if (lastTick != null) {
            Duration passed = Duration.between(lastTick, now);
            if (passed.isPositive()) {
                steadyNanos +=
                        passed.compareTo(TICK_MAX) < 0 ? passed.toNanos() : TICK_MAX.toNanos();
            }
        }
        lastTick = now;
        groups.forEach(this::compare);
        List<Finding> findings = new ArrayList<>(0);
        for (ChannelRecord record : all) {
            record.tick(steadyNanos, findings);
        }
        return findings;
    }

    /** Each channel of a zone against the median of those that speak. */
    private void compare(List<ChannelRecord> group) {
        double[] values =
                group.stream()
                        .filter(record -> record.votes(steadyNanos))
                        .mapToDouble(ChannelRecord::believed)
                        .sorted()
                        .toArray();
        if (values.length < 2) {
            group.forEach(ChannelRecord::agrees);
            return;
        }
        int middle = values.length / 2;
        double median =
                values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
        for (ChannelRecord record : group) {
            record.compare(median, values.length, steadyNanos);
        }
    }
}
