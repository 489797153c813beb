package dev.vigil.trials;

import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code ./vigil bench}: measures a node on this machine, as a process of its own, with a load
 * client on the loopback interface, and prints a section of Markdown. About two minutes.
 */
public final class Bench {
    private static final List<Integer> SIREN_RATES = List.of(2_000, 20_000);

    private Bench() {}

    // CHECKSTYLE OFF: a command line prints
    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            System.err.println(
                    "./vigil bench takes no arguments; it prints Markdown to standard output");
            System.exit(2);
        }
        Workplace.keepLibrariesQuiet();
        System.exit(run(System.out, System.err, InstantSource.system()));
    }

    // CHECKSTYLE ON

    private static int run(PrintStream out, PrintStream progress, InstantSource clock)
            throws IOException {
        Workplace place = Workplace.fresh("bench");
        Machine machine = Machine.here(place.root(), place.folder());
        try (Started started = Started.endingWithThisProcess()) {
            BenchRun bench = new BenchRun(place, started, progress, clock);
            BenchRun.Outage outage = bench.outage();
            BenchRun.Rate bare = bench.withoutPolicies();
            Optional<BenchRun.Rate> mosquitto = bench.mosquitto();
            List<Percentiles> sirens = new ArrayList<>();
            for (int rate : SIREN_RATES) {
                sirens.add(bench.siren(rate));
            }
            print(out, machine, outage, bare, mosquitto, sirens);
            return 0;
        } catch (TrialFailure e) {
            progress.println("The benchmark could not be run: " + e.getMessage());
            return 1;
        }
    }

    private static void print(
            PrintStream out,
            Machine machine,
            BenchRun.Outage outage,
            BenchRun.Rate bare,
            Optional<BenchRun.Rate> mosquitto,
            List<Percentiles> sirens) {
        List<String> lines = new ArrayList<>();
        lines.add("Measured by `./vigil bench` on " + machine.sentence() + ".");
        lines.add(
                "The node (%s) is a process of its own; the load client (%d connections, %,d unacknowledged messages each; a message is one number with two or four decimals) runs on the same cores."
                        .formatted(
                                NodeProcess.nodeCommand().contains("-jar") ? "JVM" : "native",
                                BenchRun.CONNECTIONS,
                                BenchRun.WINDOW));
        lines.add("");
        lines.add("| what | result |");
        lines.add("|---|---|");
        lines.add(
                row(
                        "durable QoS 1 readings/s, two policies armed, link down: median (range) of slices of 4 s",
                        outage.durable().text()));
        lines.add(
                row(
                        "the same without policies",
                        bare.text() + ratio(bare.middle(), outage.durable().middle())));
        lines.add(
                row(
                        "mosquitto with the same load, not writing anything down",
                        mosquitto
                                .map(m -> m.text() + ratio(m.middle(), outage.durable().middle()))
                                .orElse("not installed")));
        for (int i = 0; i < sirens.size(); i++) {
            lines.add(
                    row(
                            "publish to siren among %,d readings/s: p50 / p99 / p99.9 / max of %,d alarms"
                                    .formatted(SIREN_RATES.get(i), sirens.get(i).count()),
                            percentiles(sirens.get(i))));
        }
        lines.add(
                row(
                        "a backlog of %,d readings to Kafka on the same machine"
                                .formatted(outage.records()),
                        String.format(Locale.ROOT, "%,.0f records/s", outage.drainPerSecond())));
        lines.add(
                row(
                        "bytes per reading: on disk / on the wire",
                        String.format(
                                Locale.ROOT,
                                "%.1f / %.1f",
                                outage.diskBytesPerRecord(),
                                outage.wireBytesPerRecord())));
        lines.forEach(out::println);
        out.flush();
    }

    private static String percentiles(Percentiles p) {
        return "%s / %s / %s / %s"
                .formatted(
                        Percentiles.millis(p.at(0.5)),
                        Percentiles.millis(p.at(0.99)),
                        Percentiles.millis(p.at(0.999)),
                        Percentiles.millis(p.at(1)));
    }

    private static String ratio(double value, double to) {
        return String.format(Locale.ROOT, ", %.2f times", value / to);
    }

    private static String row(String what, String result) {
        return "| %s | %s |".formatted(what, result);
    }
}
