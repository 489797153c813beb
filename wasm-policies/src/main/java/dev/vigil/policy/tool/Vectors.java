package dev.vigil.policy.tool;

import dev.vigil.policy.Hazard;
import dev.vigil.policy.PolicySpec;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The cases of a vectors.csv: readings, and what a policy must say of them. The directives are told
 * at the top of every such file. Owned by the thread that reads it.
 */
public final class Vectors {
    private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");

    /** One case: what goes in, and what must come out. */
    public record Case(
            String name,
            Map<String, Double> settings,
            List<SensorChannel> channels,
            List<Reading> readings,
            List<Expectation> expectations) {
        public Case {
            settings = Map.copyOf(settings);
            channels = List.copyOf(channels);
            readings = List.copyOf(readings);
            expectations = List.copyOf(expectations);
        }

        @Override
        public String toString() {
            return name;
        }

        /**
         * @param module as in {@link PolicySpec#module}
         */
        public PolicySpec spec(String module) {
            return new PolicySpec(module, module, channels, settings);
        }
    }

    /** A line that says what must come out. */
    public record Expectation(String line, List<String> fields) {
        /** What is wrong with these hazards; empty when nothing is. */
        public String broken(List<Hazard> hazards) {
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
                    .map(h -> (h.at().toEpochMilli() - START.toEpochMilli()) / 1000.0)
                    .toList();
        }
    }

    private final List<Case> cases = new ArrayList<>();
    private String name = "";
    private Map<String, Double> settings = new HashMap<>();
    private Map<String, SensorChannel> channels = new LinkedHashMap<>();
    private List<Reading> readings = new ArrayList<>();
    private List<Expectation> expectations = new ArrayList<>();

    private Vectors() {}

    /**
     * @throws IllegalArgumentException naming the line that is not understood
     */
    public static List<Case> of(List<String> lines) {
        Vectors vectors = new Vectors();
        int number = 0;
        for (String line : lines) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            try {
                vectors.line(line.strip());
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IllegalArgumentException(
                        "line %d: '%s': %s".formatted(number, line, e.getMessage()), e);
            }
        }
        vectors.finish();
        return List.copyOf(vectors.cases);
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
            case "first", "event", "never", "count" ->
                    expectations.add(new Expectation(line, fields));
            default ->
                    throw new IllegalArgumentException(
                            "there are case, set, ramp, first, event, never and count");
        }
    }

    private void ramp(List<String> fields) {
        boolean density = fields.get(2).equals("od");
        Quantity quantity =
                density ? Quantity.OBSCURATION : Quantity.named(fields.get(2)).orElseThrow();
        SensorChannel channel =
                channels.computeIfAbsent(
                        fields.get(1) + quantity,
                        key ->
                                new SensorChannel(
                                        new SensorId(fields.get(1) + "/" + quantity.senmlName()),
                                        quantity,
                                        fields.get(1)));
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
                    new Reading(
                            channel,
                            density ? 1 - StrictMath.pow(10, -value) : value,
                            quality,
                            START.plusMillis(Math.round((from + i * step) * 1000))));
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
