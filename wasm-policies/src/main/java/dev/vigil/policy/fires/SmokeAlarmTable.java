package dev.vigil.policy.fires;

import dev.vigil.sensor.Quantity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** NIST Home Smoke Alarm tests: the policies against commercial alarms beside them. Stateless. */
final class SmokeAlarmTable {
    private static final List<String> TESTS = List.of("SDC02", "SDC07", "SDC33", "SDC38");

    /** HAZARDS, 3, first row: OD 1/m, degC, K/min over 30 s. */
    private static final double BASELINE_DENSITY = 0.0227;

    private static final double BASELINE_TEMPERATURE = 57;
    private static final double BASELINE_RISE = 8.3;
    private static final double BASELINE_WINDOW = 30;

    /** Alarm times at a position, seconds; infinite when it never came. */
    private record Line(
            String test,
            String position,
            double firstIon,
            double firstPhoto,
            double medianIon,
            double medianPhoto,
            double medianReal,
            double baseline,
            double warning,
            double smokeAlone,
            double smokeFused,
            double heat) {
        double vigil() {
            return Math.min(smokeFused, heat);
        }

        double firstReal() {
            return Math.min(firstIon, firstPhoto);
        }
    }

    private SmokeAlarmTable() {}

    private static boolean isWarning(Judge.Raised raised) {
        return raised.code().endsWith("PREWARNING");
    }

    static String print(Path recordings) throws IOException {
        Path folder = recordings.resolve("nist-smoke-alarms");
        Recording alarms = Recording.read(folder.resolve("alarm_activation.csv.gz"));
        List<Line> lines = new ArrayList<>();
        for (String test : TESTS) {
            Recording fire = Recording.read(folder.resolve(test + ".csv.gz"));
            TreeSet<String> positions = new TreeSet<>();
            for (int row = 0; row < alarms.rows().size(); row++) {
                if (alarms.text(row, "test").equals(test)) {
                    positions.add(alarms.text(row, "location"));
                }
            }
            for (String position : positions) {
                lines.add(line(fire, alarms, position));
            }
        }
        return table(lines) + summary(lines);
    }

    private static Line line(Recording fire, Recording alarms, String position) {
        double[] seconds = fire.numbers("TIME");
        double[] density = fire.numbers("SM" + position + "_1");
        double[] temperature = fire.numbers("TC" + position + "_1");
        Map<String, Judge.Column> smoke = new LinkedHashMap<>();
        smoke.put("smoke", column(Quantity.OBSCURATION, density, od -> 1 - Math.pow(10, -od)));
        Map<String, Judge.Column> heat =
                Map.of("heat", column(Quantity.TEMPERATURE, temperature, t -> t));
        Map<String, Judge.Column> fused = new LinkedHashMap<>(smoke);
        fused.putAll(heat);
        if (fire.has("GAS" + position + "_1")) {
            double[] percent = fire.numbers("GAS" + position + "_1");
            fused.put("co", column(Quantity.CARBON_MONOXIDE, percent, p -> p / 100));
        }
        List<Double> ion = real(fire.name(), alarms, position, "ionization");
        List<Double> photo = real(fire.name(), alarms, position, "photoelectric");
        List<Judge.Raised> bySmoke = Judge.run("smoke", seconds, fused);
        List<Judge.Raised> byHeat = Judge.run("heat", seconds, heat);
        return new Line(
                fire.name(),
                position,
                first(ion),
                first(photo),
                Statistics.median(ion),
                Statistics.median(photo),
                Statistics.median(real(fire.name(), alarms, position, "")),
                baseline(seconds, density, temperature),
                Math.min(
                        raised(bySmoke, SmokeAlarmTable::isWarning),
                        raised(byHeat, SmokeAlarmTable::isWarning)),
                alarm(Judge.run("smoke", seconds, smoke)),
                alarm(bySmoke),
                alarm(byHeat));
    }

    private static Judge.Column column(
            Quantity quantity, double[] values, DoubleUnaryOperator toUnit) {
        List<Double> converted = new ArrayList<>(values.length);
        for (double value : values) {
            converted.add(toUnit.applyAsDouble(value));
        }
        return new Judge.Column(quantity, converted);
    }

    private static double alarm(List<Judge.Raised> raised) {
        return raised(raised, r -> !isWarning(r));
    }

    private static double raised(List<Judge.Raised> raised, Predicate<Judge.Raised> which) {
        return raised.stream()
                .filter(which)
                .mapToDouble(Judge.Raised::seconds)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** Activation times of the real alarms at a position; an empty type means all. */
    private static List<Double> real(String test, Recording alarms, String position, String type) {
        List<Double> times = new ArrayList<>();
        for (int row = 0; row < alarms.rows().size(); row++) {
            if (alarms.text(row, "test").equals(test)
                    && alarms.text(row, "location").equals(position)
                    && (type.isEmpty() || alarms.text(row, "type").equals(type))) {
                times.add(alarms.number(row, "activation_s"));
            }
        }
        return times;
    }

    private static double first(List<Double> times) {
        return times.stream().mapToDouble(t -> t).min().orElse(Double.POSITIVE_INFINITY);
    }

    private static double baseline(double[] seconds, double[] density, double[] temperature) {
        for (int row = 0; row < seconds.length; row++) {
            boolean smoke =
                    row > 0
                            && density[row] > BASELINE_DENSITY
                            && density[row - 1] > BASELINE_DENSITY;
            if (smoke
                    || temperature[row] >= BASELINE_TEMPERATURE
                    || Statistics.slopePerMinute(seconds, temperature, row, BASELINE_WINDOW)
                            >= BASELINE_RISE) {
                return seconds[row];
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private static String table(List<Line> lines) {
        StringBuilder out =
                new StringBuilder(
                        """
                        | test | position | first ion alarm | first photo alarm | median of all alarms | baseline | `smoke`, obscuration only | `smoke`, fused | `heat` | first pre-warning of ours | first alarm of ours |
                        |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
                        """);
        for (Line line : lines) {
            out.append(
                    "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | **%s** |%n"
                            .formatted(
                                    line.test,
                                    line.position,
                                    Statistics.seconds(line.firstIon),
                                    Statistics.seconds(line.firstPhoto),
                                    Statistics.seconds(line.medianReal),
                                    Statistics.seconds(line.baseline),
                                    Statistics.seconds(line.smokeAlone),
                                    Statistics.seconds(line.smokeFused),
                                    Statistics.seconds(line.heat),
                                    Statistics.seconds(line.warning),
                                    Statistics.seconds(line.vigil())));
        }
        return out.toString();
    }

    private static String summary(List<Line> lines) {
        return """

               | median difference over the %d positions | answers at | to the first alarm of any kind | to the median ion alarm | to the median photo alarm | to the median of all |
               |---|--:|--:|--:|--:|--:|
               """
                        .formatted(lines.size())
                + summaryRow("baseline", lines, Line::baseline)
                + summaryRow("`smoke`, obscuration only", lines, Line::smokeAlone)
                + summaryRow("`smoke`, fused", lines, Line::smokeFused)
                + summaryRow("`heat`", lines, Line::heat)
                + summaryRow("first pre-warning of ours", lines, Line::warning)
                + summaryRow("first alarm of ours", lines, Line::vigil);
    }

    private static String summaryRow(String name, List<Line> lines, ToDoubleFunction<Line> ours) {
        return "| %s | %d of %d | %s | %s | %s | %s |%n"
                .formatted(
                        name,
                        lines.stream().filter(l -> Double.isFinite(ours.applyAsDouble(l))).count(),
                        lines.size(),
                        against(lines, ours, Line::firstReal),
                        against(lines, ours, Line::medianIon),
                        against(lines, ours, Line::medianPhoto),
                        against(lines, ours, Line::medianReal));
    }

    private static String against(
            List<Line> lines, ToDoubleFunction<Line> ours, ToDoubleFunction<Line> theirs) {
        List<Double> differences = new ArrayList<>();
        for (Line line : lines) {
            double real = theirs.applyAsDouble(line);
            if (Double.isFinite(real)) {
                differences.add(ours.applyAsDouble(line) - real);
            }
        }
        return Statistics.difference(Statistics.median(differences));
    }
}
