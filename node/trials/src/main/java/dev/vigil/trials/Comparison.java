package dev.vigil.trials;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code native-build/compare.sh}: the node on a JVM beside the node as a native executable, on
 * this machine, one after the other; prints a section of Markdown.
 */
public final class Comparison {
    private Comparison() {}

    // CHECKSTYLE OFF: a command line prints
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2 || !arguments[1].matches("[1-9][0-9]{0,2}")) {
            System.err.println("usage: Comparison EXECUTABLE MINUTES-OF-LOAD");
            System.exit(2);
        }
        Workplace.keepLibrariesQuiet();
        Path executable = Path.of(arguments[0]).toAbsolutePath();
        Duration load = Duration.ofMinutes(Long.parseLong(arguments[1]));
        System.exit(run(executable, load, System.out, System.err, InstantSource.system()));
    }

    // CHECKSTYLE ON

    private static int run(
            Path executable, Duration load, PrintStream out, PrintStream err, InstantSource clock)
            throws IOException {
        Workplace place = Workplace.fresh("compare");
        Machine machine = Machine.here(place.root(), place.folder());
        try (Started started = Started.endingWithThisProcess()) {
            List<String> jvm = NodeProcess.nodeCommand();
            ComparisonRun.Figures onJvm =
                    new ComparisonRun(place, "JVM", jvm, started, err, clock).run(load);
            ComparisonRun.Figures natively =
                    new ComparisonRun(
                                    place,
                                    "native",
                                    List.of(executable.toString()),
                                    started,
                                    err,
                                    clock)
                            .run(load);
            print(out, machine, load, sizes(place.root(), executable), onJvm, natively);
            return 0;
        } catch (TrialFailure e) {
            err.println("The comparison could not be made: " + e.getMessage());
            return 1;
        }
    }

    private static Row sizes(Path root, Path executable) throws IOException {
        long jars = BenchRun.bytesOf(root.resolve("node/target/quarkus-app"));
        long jdk = BenchRun.bytesOf(Path.of(System.getProperty("java.home")));
        return new Row(
                "size on disk",
                "%d MB and a JDK of %d MB".formatted(jars / 1_000_000, jdk / 1_000_000),
                "%.1f MB".formatted(Files.size(executable) / 1e6));
    }

    private record Row(String what, String jvm, String natively) {
        String text() {
            return "| %s | %s | %s |".formatted(what, jvm, natively);
        }
    }

    private static void print(
            PrintStream out,
            Machine machine,
            Duration load,
            Row sizes,
            ComparisonRun.Figures jvm,
            ComparisonRun.Figures natively) {
        out.println(
                "Made by `native-build/compare.sh %d` on %s."
                        .formatted(load.toMinutes(), machine.sentence()));
        out.println(
                "Both sides one after the other, the load client on the same cores; the JVM is started as `./vigil node` does it. MB of memory are MiB.");
        out.println();
        out.println("| | JVM | native |");
        out.println("|---|---|---|");
        out.println(sizes.text());
        memoryRows(jvm, natively).forEach(row -> out.println(row.text()));
        loadRows(load, jvm, natively).forEach(row -> out.println(row.text()));
        out.flush();
    }

    private static List<Row> memoryRows(ComparisonRun.Figures jvm, ComparisonRun.Figures natively) {
        List<Row> rows = new ArrayList<>();
        rows.add(
                row(
                        "armed after, median of %d starts (CPU time until then)"
                                .formatted(ComparisonRun.STARTS),
                        jvm,
                        natively,
                        f -> "%d ms (%d ms)".formatted(f.armedMillis(), f.armedCpuMillis())));
        rows.add(
                row(
                        "resident, idle, 10 s after the start (of that anonymous)",
                        jvm,
                        natively,
                        f -> memory(f.idle())));
        rows.add(
                row(
                        "resident under full load (of that anonymous)",
                        jvm,
                        natively,
                        f -> memory(f.loaded())));
        rows.add(
                row(
                        "resident, 10 policies, %,d readings waiting on disk, after taking them in"
                                .formatted(ComparisonRun.BACKLOG),
                        jvm,
                        natively,
                        f -> memory(f.backlog())));
        rows.add(
                row(
                        "the same, started anew on that backlog",
                        jvm,
                        natively,
                        f -> memory(f.backlogAnew())));
        rows.add(
                row(
                        "armed on that backlog after",
                        jvm,
                        natively,
                        f -> "%d ms".formatted(f.backlogArmedMillis())));
        return rows;
    }

    private static List<Row> loadRows(
            Duration load, ComparisonRun.Figures jvm, ComparisonRun.Figures natively) {
        List<Row> rows = new ArrayList<>();
        rows.add(
                row(
                        "durable QoS 1 readings/s, two policies, link down: median (range)",
                        jvm,
                        natively,
                        f -> f.durable().text()));
        rows.add(
                row(
                        "readings/s in %d min of load (wanted %,d)"
                                .formatted(load.toMinutes(), ComparisonRun.PER_SECOND),
                        jvm,
                        natively,
                        f -> String.format(Locale.ROOT, "%,.0f", f.longLoad().perSecond())));
        rows.add(
                row(
                        "publish to siren meanwhile, %,d alarms: p50 / p99.9 / max"
                                .formatted(jvm.longLoad().siren().count()),
                        jvm,
                        natively,
                        f -> siren(f.longLoad().siren())));
        rows.add(
                row(
                        "longest GC pause meanwhile; pauses; all together",
                        jvm,
                        natively,
                        f -> f.longLoad().pauses()));
        rows.add(
                row(
                        "CPU time of the node for those minutes",
                        jvm,
                        natively,
                        f -> "%d s".formatted(f.longLoad().cpu().toSeconds())));
        return rows;
    }

    @FunctionalInterface
    private interface Text {
        String of(ComparisonRun.Figures figures);
    }

    private static Row row(
            String what, ComparisonRun.Figures jvm, ComparisonRun.Figures natively, Text text) {
        return new Row(what, text.of(jvm), text.of(natively));
    }

    private static String memory(Footprint footprint) {
        return "%s (%s)"
                .formatted(
                        Footprint.mib(footprint.resident()), Footprint.mib(footprint.anonymous()));
    }

    private static String siren(Percentiles p) {
        return "%s / %s / %s"
                .formatted(
                        Percentiles.millis(p.at(0.5)),
                        Percentiles.millis(p.at(0.999)),
                        Percentiles.millis(p.at(1)));
    }
}
