package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads policies/<name>/vectors.csv; the directives are told in heat's. */
final class Vectors {
    /** One case: what goes in, and what must come out. */
    record Case(
            String policy,
            String name,
            Map<String, Double> settings,
            List<SensorChannel> channels,
            List<Reading> readings,
            List<Expectation> expectations) {
        @Override
        public String toString() {
            return policy + ": " + name;
        }

        PolicySpec spec() {
            return new PolicySpec(policy, policy, channels, settings);
        }
    }

    /** A line that says what must come out. */
    record Expectation(String line, List<String> fields) {
        /** What is wrong with these hazards; empty when nothing is. */
        String broken(List<Hazard> hazards) {
            return switch (fields.getFirst()) {
                case "first" ->
                        window(of(hazards, Hazard.Change.RAISE, fields.get(1), fields.get(2)), 3);
                case "event" ->
                        window(
                                of(
                                        hazards,
                                        Hazard.Change.valueOf(fields.get(1)),
                                        fields.get(2),
                                        fields.get(3)),
                                4);
                case "never" -> {
                    var found = of(hazards, Hazard.Change.RAISE, fields.get(1), fields.get(2));
                    yield found.isEmpty() ? "" : "raised at " + found + " s";
                }
                case "count" -> {
                    var found =
                            of(
                                    hazards,
                                    Hazard.Change.valueOf(fields.get(1)),
                                    fields.get(2),
                                    fields.get(3));
                    yield found.size() == Integer.parseInt(fields.get(4)) ? "" : "at " + found;
                }
                default -> throw new IllegalArgumentException("unknown directive in: " + line);
            };
        }

        private String window(List<Double> times, int earliest) {
            if (times.isEmpty()) {
                return "it never came";
            }
            double from = Double.parseDouble(fields.get(earliest));
            double to = Double.parseDouble(fields.get(earliest + 1));
            double time = times.getFirst();
            return time >= from && time <= to ? "" : "it came at " + time + " s";
        }

        private static List<Double> of(
                List<Hazard> hazards, Hazard.Change change, String codes, String zone) {
            return hazards.stream()
                    .filter(
                            h ->
                                    h.change() == change
                                            && Arrays.asList(codes.split("\\|")).contains(h.code())
                                            && h.channel().zone().equals(zone))
                    .map(h -> (h.at().toEpochMilli() - Rooms.START.toEpochMilli()) / 1000.0)
                    .toList();
        }
    }

    private final String policy;
    private final List<Case> cases = new ArrayList<>();
    private String name = "";
    private Map<String, Double> settings = new HashMap<>();
    private Map<String, SensorChannel> channels = new LinkedHashMap<>();
    private List<Reading> readings = new ArrayList<>();
    private List<Expectation> expectations = new ArrayList<>();

    private Vectors(String policy) {
        this.policy = policy;
    }

    static List<Case> of(String policy) throws IOException {
        Vectors vectors = new Vectors(policy);
        for (String line : Files.readAllLines(Path.of("policies", policy, "vectors.csv"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                vectors.line(line);
            }
        }
        vectors.finish();
        return vectors.cases;
    }

    private void line(String line) {
        List<String> fields = List.of(line.split(","));
        switch (fields.getFirst()) {
            case "case" -> {
                finish();
                name = line.substring("case,".length());
            }
            case "set" -> settings.put(fields.get(1), Double.valueOf(fields.get(2)));
            case "ramp" -> ramp(fields);
            default -> expectations.add(new Expectation(line, fields));
        }
    }

    private void ramp(List<String> fields) {
        boolean density = fields.get(2).equals("od");
        Quantity quantity =
                density ? Quantity.OBSCURATION : Quantity.named(fields.get(2)).orElseThrow();
        SensorChannel channel =
                channels.computeIfAbsent(
                        fields.get(1) + quantity, key -> Rooms.channel(fields.get(1), quantity));
        double from = Double.parseDouble(fields.get(3));
        double to = Double.parseDouble(fields.get(4));
        double step = Double.parseDouble(fields.get(5));
        double first = Double.parseDouble(fields.get(6));
        double last = Double.parseDouble(fields.get(7));
        Quality quality =
                fields.size() < 9
                        ? Quality.GOOD
                        : Quality.valueOf(fields.get(8).toUpperCase(Locale.ROOT));
        int steps = (int) Math.floor((to - from) / step + 1e-9);
        for (int i = 0; i <= steps; i++) {
            double value = first + (last - first) * (i * step) / (to - from);
            readings.add(
                    Rooms.reading(
                            channel,
                            from + i * step,
                            density ? 1 - Math.pow(10, -value) : value,
                            quality));
        }
    }

    private void finish() {
        if (!name.isEmpty()) {
            if (expectations.isEmpty() || readings.isEmpty()) {
                throw new IllegalArgumentException("case '%s' has nothing to show".formatted(name));
            }
            readings.sort(Comparator.comparing(Reading::at));
            cases.add(
                    new Case(
                            policy,
                            name,
                            settings,
                            List.copyOf(channels.values()),
                            readings,
                            expectations));
        }
        settings = new HashMap<>();
        channels = new LinkedHashMap<>();
        readings = new ArrayList<>();
        expectations = new ArrayList<>();
    }
}
