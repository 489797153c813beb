package dev.vigil.sensor;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The channels a site made of a driver's measurands. Immutable. */
public final class Channels {
    private final SensorChannel[] wanted;
    private final int[] indexes;
    private final List<SensorChannel> list;

    private Channels(List<SensorChannel> list, int[] indexes) {
        this.list = List.copyOf(list);
        this.wanted = this.list.toArray(SensorChannel[]::new);
        this.indexes = indexes;
    }

    /**
     * @param measurands all that the driver measures, in the order of the values it gives
     * @param byMeasurand at least one channel, by its measurand's name
     */
    public static Channels of(List<Measurand> measurands, Map<String, SensorChannel> byMeasurand) {
        if (byMeasurand.isEmpty()) {
            throw new IllegalArgumentException("no channel: a driver without one measures nothing");
        }
        TreeSet<String> unknown = new TreeSet<>(byMeasurand.keySet());
        List<SensorChannel> channels = new ArrayList<>();
        int[] indexes = new int[byMeasurand.size()];
        for (int i = 0; i < measurands.size(); i++) {
            SensorChannel channel = byMeasurand.get(measurands.get(i).name());
            if (channel != null) {
                checkQuantity(measurands.get(i), channel);
                indexes[channels.size()] = i;
                channels.add(channel);
                unknown.remove(measurands.get(i).name());
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "'%s' is not measured, there are %s"
                            .formatted(
                                    unknown.getFirst(),
                                    measurands.stream().map(Measurand::name).toList()));
        }
        return new Channels(channels, indexes);
    }

    private static void checkQuantity(Measurand measurand, SensorChannel channel) {
        if (measurand.quantity() != channel.quantity()) {
            throw new IllegalArgumentException(
                    "channel %s is of quantity %s, '%s' is measured as %s"
                            .formatted(
                                    channel.id(),
                                    channel.quantity().senmlName(),
                                    measurand.name(),
                                    measurand.quantity().senmlName()));
        }
    }

    public List<SensorChannel> list() {
        return list;
    }

    /**
     * A reading for each channel.
     *
     * @param values one for each measurand, in their order and their quantity's unit; what is not
     *     finite was not measured and becomes a reading of 0, {@link Quality#BAD}
     */
    public List<Reading> readings(Instant at, Quality quality, double... values) {
        return switch (wanted.length) { // one and two need no array: it takes as long as a reading
            case 1 -> List.of(reading(0, at, quality, values));
            case 2 -> List.of(reading(0, at, quality, values), reading(1, at, quality, values));
            default -> {
                Reading[] readings = new Reading[wanted.length];
                for (int i = 0; i < readings.length; i++) {
                    readings[i] = reading(i, at, quality, values);
                }
                yield List.of(readings);
            }
        };
    }

    private Reading reading(int index, Instant at, Quality quality, double[] values) {
        double value = values[indexes[index]];
        return Double.isFinite(value)
                ? new Reading(wanted[index], value, quality, at)
                : new Reading(wanted[index], 0, Quality.BAD, at);
    }
}
