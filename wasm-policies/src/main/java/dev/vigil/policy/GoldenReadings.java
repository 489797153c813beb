package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The readings a policy brings along to be measured with, in its section {@code vigil.golden}:
 * lines {@code seconds,zone,quantity,value[,good|uncertain|bad]} in order of time; empty ones and
 * those with {@code #} are passed over. Stateless.
 */
final class GoldenReadings {
    static final int READINGS_MAX = 4096;
    private static final int BYTES_MAX = 128 * 1024;

    private GoldenReadings() {}

    /**
     * @throws IllegalArgumentException naming the line and the rule
     */
    static Optional<List<Reading>> of(byte[] wasm) {
        Optional<byte[]> section = ModuleSections.custom(wasm, WasmSections.GOLDEN);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        if (section.get().length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, allowed are %d"
                            .formatted(WasmSections.GOLDEN, section.get().length, BYTES_MAX));
        }
        var readings = new ArrayList<Reading>();
        List<String> lines = new String(section.get(), StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (readings.size() == READINGS_MAX) {
                throw new IllegalArgumentException(
                        "%s has more than %d readings"
                                .formatted(WasmSections.GOLDEN, READINGS_MAX));
            }
            try {
                readings.add(reading(line.split(",", -1)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "%s, line %d: '%s': %s; a line is seconds,zone,quantity,value[,good|uncertain|bad]"
                                .formatted(WasmSections.GOLDEN, i + 1, line, e.getMessage()),
                        e);
            }
        }
        return Optional.of(readings);
    }

    private static Reading reading(String[] fields) {
        if (fields.length < 4 || fields.length > 5) {
            throw new IllegalArgumentException("it has %d fields".formatted(fields.length));
        }
        Quantity quantity =
                Quantity.named(fields[2])
                        .orElseThrow(() -> new IllegalArgumentException("unknown quantity"));
        double seconds = Double.parseDouble(fields[0]);
        if (!(Math.abs(seconds) <= 1e9)) {
            throw new IllegalArgumentException("seconds are within a billion of 0");
        }
        Quality quality =
                fields.length == 5
                        ? Quality.valueOf(fields[4].toUpperCase(Locale.ROOT))
                        : Quality.GOOD;
        return new Reading(
                new SensorChannel(new SensorId(fields[1] + "/" + fields[2]), quantity, fields[1]),
                Double.parseDouble(fields[3]),
                quality,
                Instant.ofEpochMilli(Math.round(seconds * 1000)));
    }
}
