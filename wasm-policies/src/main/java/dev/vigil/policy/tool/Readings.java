package dev.vigil.policy.tool;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Readings for a policy to judge, with the channels they are of; built up by whoever reads a file.
 * Owned by one thread.
 */
final class Readings {
    /** When a recording begins, for sources that count seconds from there. */
    static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    private final Map<String, SensorChannel> channels = new LinkedHashMap<>();
    private final List<Reading> readings = new ArrayList<>();

    /** The channel of this name, made when it is new. */
    SensorChannel channel(String name, Quantity quantity, String zone) {
        return channels.computeIfAbsent(
                name, key -> new SensorChannel(new SensorId(key), quantity, zone));
    }

    void add(SensorChannel channel, Instant at, double value, Quality quality) {
        readings.add(new Reading(channel, value, quality, at));
    }

    List<SensorChannel> channels() {
        return List.copyOf(channels.values());
    }

    /** In order of time; of the same time in the order they were added. */
    List<Reading> inOrder() {
        List<Reading> sorted = new ArrayList<>(readings);
        sorted.sort(Comparator.comparing(Reading::at));
        return sorted;
    }

    static Instant at(double seconds) {
        return START.plusMillis(Math.round(seconds * 1000));
    }

    /**
     * Lines {@code seconds,zone,quantity,value[,good|uncertain|bad]}; empty ones, {@code #} and a
     * header are passed over.
     */
    static Readings csv(String file, List<String> lines) {
        Readings all = new Readings();
        int number = 0;
        for (String line : lines) {
            number++;
            if (line.isBlank() || line.startsWith("#") || line.startsWith("seconds,")) {
                continue;
            }
            try {
                all.line(line.strip().split(",", -1));
            } catch (IllegalArgumentException e) {
                throw ToolFailure.usage(
                        "%s, line %d: '%s': %s; a line is seconds,zone,quantity,value[,good|uncertain|bad]"
                                .formatted(file, number, line, e.getMessage()));
            }
        }
        if (all.readings.isEmpty()) {
            throw ToolFailure.usage("%s has no readings".formatted(file));
        }
        return all;
    }

    private void line(String[] fields) {
        if (fields.length < 4 || fields.length > 5) {
            throw new IllegalArgumentException("it has %d fields".formatted(fields.length));
        }
        Quantity quantity = quantity(fields[2]);
        Quality quality = fields.length == 5 ? quality(fields[4]) : Quality.GOOD;
        add(
                channel(fields[1] + "/" + fields[2], quantity, fields[1]),
                at(Double.parseDouble(fields[0])),
                Double.parseDouble(fields[3]),
                quality);
    }

    static Quantity quantity(String word) {
        return Quantity.named(word)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "quantity '%s' is unknown".formatted(word)));
    }

    static Quality quality(String word) {
        for (Quality quality : Quality.values()) {
            if (quality.name().toLowerCase(Locale.ROOT).equals(word)) {
                return quality;
            }
        }
        throw new IllegalArgumentException(
                "quality '%s' is none of good, uncertain, bad".formatted(word));
    }
}
