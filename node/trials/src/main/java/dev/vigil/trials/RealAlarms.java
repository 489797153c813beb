package dev.vigil.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * When the commercial smoke alarms in a recorded test sounded (alarm_activation.csv.gz: {@code
 * test,alarm,type,location,activation_s}). Immutable, by time.
 */
record RealAlarms(List<Alarm> alarms) {
    /**
     * @param type {@code ionization} or {@code photoelectric}
     */
    record Alarm(String type, String position, Duration sinceStart) {}

    static RealAlarms read(Path gzippedCsv, String test) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(gzippedCsv)),
                                StandardCharsets.US_ASCII))) {
            return parse(lines.lines().skip(1).toList(), test);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + gzippedCsv, e);
        }
    }

    static RealAlarms parse(List<String> rows, String test) {
        return new RealAlarms(
                rows.stream()
                        .map(row -> row.split(",", -1))
                        .filter(cells -> cells[0].equals(test))
                        .map(RealAlarms::alarm)
                        .sorted(Comparator.comparing(Alarm::sinceStart))
                        .toList());
    }

    private static Alarm alarm(String[] cells) {
        long millis = Math.round(Double.parseDouble(cells[4]) * 1000);
        return new Alarm(cells[2], cells[3], Duration.ofMillis(millis));
    }

    /** The first of each type, by time. */
    List<Alarm> firstOfEachType() {
        Map<String, Alarm> firstByType = new LinkedHashMap<>();
        alarms.forEach(alarm -> firstByType.putIfAbsent(alarm.type, alarm));
        return List.copyOf(firstByType.values());
    }
}
