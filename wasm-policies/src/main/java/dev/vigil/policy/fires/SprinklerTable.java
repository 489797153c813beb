package dev.vigil.policy.fires;

import dev.vigil.sensor.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Vettori's flat-ceiling tests: `heat` on every thermocouple against the sprinklers. Stateless. */
final class SprinklerTable {
    /** HAZARDS, 3, second row: the eighth-hottest thermocouple at 58 degC. */
    private static final int RANK = 8;

    private static final double BASELINE_TEMPERATURE = 58;

    private record Line(
            String test,
            int thermocouples,
            double sprinkler,
            double baseline,
            double first,
            double eighth,
            double eighthStatic) {}

    private SprinklerTable() {}

    static String print(Path recordings) throws IOException {
        Path folder = recordings.resolve("nist-sprinklers");
        Recording activations = Recording.read(folder.resolve("sprinkler_activation.csv.gz"));
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files =
                    all.filter(f -> String.valueOf(f.getFileName()).startsWith("Vettori"))
                            .sorted()
                            .toList();
        }
        List<Line> lines = new ArrayList<>();
        for (Path file : files) {
            lines.add(line(Recording.read(file), activations));
        }
        return table(lines) + summary(lines);
    }

    private static Line line(Recording fire, Recording activations) {
        double[] seconds = fire.numbers("TIME");
        Map<String, Judge.Column> columns = new LinkedHashMap<>();
        for (String name : fire.columns()) {
            if (name.matches("TC_[1-4]_[0-9]+")) {
                List<Double> values = new ArrayList<>();
                for (double value : fire.numbers(name)) {
                    values.add(value);
                }
                columns.put(name, new Judge.Column(Quantity.TEMPERATURE, values));
            }
        }
        List<Judge.Raised> raised = Judge.run("heat", seconds, columns);
        String number = fire.name().substring(fire.name().lastIndexOf('_') + 1);
        double sprinkler = Double.POSITIVE_INFINITY;
        for (int row = 0; row < activations.rows().size(); row++) {
            if (activations.number(row, "test") == Double.parseDouble(number)) {
                sprinkler = Math.min(sprinkler, activations.number(row, "activation_s"));
            }
        }
        return new Line(
                number,
                columns.size(),
                sprinkler,
                baseline(seconds, columns),
                ranked(raised, 1, "HEAT_ALARM", "HEAT_RISE"),
                ranked(raised, RANK, "HEAT_ALARM", "HEAT_RISE"),
                ranked(raised, RANK, "HEAT_ALARM"));
    }

    /** When the {@code rank}th thermocouple had raised one of these codes. */
    private static double ranked(List<Judge.Raised> raised, int rank, String... codes) {
        Map<String, Double> firsts = new HashMap<>();
        for (Judge.Raised one : raised) {
            if (List.of(codes).contains(one.code())) {
                firsts.merge(one.channel(), one.seconds(), Math::min);
            }
        }
        return firsts.values().stream()
                .sorted()
                .skip(rank - 1L)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static double baseline(double[] seconds, Map<String, Judge.Column> columns) {
        for (int row = 0; row < seconds.length; row++) {
            int at = row;
            long hot =
                    columns.values().stream()
                            .filter(c -> c.values().get(at) >= BASELINE_TEMPERATURE)
                            .count();
            if (hot >= RANK) {
                return seconds[row];
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private static String table(List<Line> lines) {
        StringBuilder out =
                new StringBuilder(
                        """
                        | test | thermocouples | first sprinkler | baseline | `heat`, 8th to alarm | `heat`, 8th, static only | `heat`, first to alarm |
                        |---|--:|--:|--:|--:|--:|--:|
                        """);
        for (Line line : lines) {
            out.append(
                    "| %s | %d | %s | %s | **%s** | %s | %s |%n"
                            .formatted(
                                    line.test,
                                    line.thermocouples,
                                    Statistics.seconds(line.sprinkler),
                                    Statistics.seconds(line.baseline),
                                    Statistics.seconds(line.eighth),
                                    Statistics.seconds(line.eighthStatic),
                                    Statistics.seconds(line.first)));
        }
        return out.toString();
    }

    private static String summary(List<Line> lines) {
        return """

               | over the %d tests | alarms in | before the first sprinkler in | median against the first sprinkler | slowest |
               |---|--:|--:|--:|--:|
               """
                        .formatted(lines.size())
                + summaryRow("baseline", lines, Line::baseline)
                + summaryRow("`heat`, 8th to alarm", lines, Line::eighth)
                + summaryRow("`heat`, 8th, static only", lines, Line::eighthStatic)
                + summaryRow("`heat`, first to alarm", lines, Line::first);
    }

    private static String summaryRow(
            String name, List<Line> lines, java.util.function.ToDoubleFunction<Line> ours) {
        List<Double> differences =
                lines.stream().map(l -> ours.applyAsDouble(l) - l.sprinkler).sorted().toList();
        return "| %s | %d | %d | %s | %s |%n"
                .formatted(
                        name,
                        differences.stream().filter(d -> Double.isFinite(d)).count(),
                        differences.stream().filter(d -> d < 0).count(),
                        Statistics.difference(Statistics.median(differences)),
                        Statistics.difference(differences.getLast()));
    }
}
