package dev.vigil.policy.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The table of {@code bench}, in Markdown. Stateless. */
final class BenchTable {
    static final String BEGIN = "<!-- policy bench: made by ./vigil policy bench, not by hand -->";
    static final String END = "<!-- end of policy bench -->";

    private static final List<String> ROWS =
            List.of(
                    "instructions WebAssembly instructions",
                    "java plain Java",
                    "v8 V8",
                    "build-time-compiled JVM, compiled when Vigil was built",
                    "runtime-compiled JVM, compiled at run time",
                    "register JVM, register machine",
                    "interpreter JVM, Chicory's interpreter",
                    "bare-register JVM, register machine alone",
                    "bare-interpreter JVM, Chicory's interpreter alone, without limits",
                    "native-build-time-compiled native, compiled when Vigil was built",
                    "native-register native, register machine",
                    "native-interpreter native, Chicory's interpreter",
                    "native-bare-register native, register machine alone",
                    "native-bare-interpreter native, Chicory's interpreter alone, without limits");

    private BenchTable() {}

    static String of(List<String> policies, List<Figure> figures, boolean withNative) {
        StringBuilder table = new StringBuilder();
        table.append(
                        "Nanoseconds per reading (of the processor\'s time, median), made by `./vigil policy bench` on ")
                .append(processor())
                .append(", Linux ")
                .append(System.getProperty("os.version"))
                .append("; Java ")
                .append(System.getProperty("java.vm.version"))
                .append("; commit ")
                .append(said("git", "rev-parse", "--short", "HEAD"))
                .append("; load average ")
                .append(load())
                .append(".\n\n| |");
        policies.forEach(policy -> table.append(" `").append(policy).append("` |"));
        table.append("\n|---|").append("--:|".repeat(policies.size())).append('\n');
        for (String row : ROWS) {
            String machine = row.substring(0, row.indexOf(' '));
            if (machine.startsWith("native-") && !withNative) {
                continue;
            }
            table.append("| ").append(row.substring(row.indexOf(' ') + 1)).append(" |");
            for (String policy : policies) {
                String cell =
                        nanos(figures, policy, machine)
                                .map(nanos -> String.format(Locale.ROOT, "%.1f", nanos))
                                .orElse("-");
                table.append(' ').append(cell).append(" |");
            }
            table.append('\n');
        }
        ratio(table, policies, figures, "", "JVM");
        if (withNative) {
            ratio(table, policies, figures, "native-", "native");
        }
        return table.toString();
    }

    private static void ratio(
            StringBuilder table,
            List<String> policies,
            List<Figure> figures,
            String prefix,
            String where) {
        table.append("| ").append(where).append(": interpreter alone / register machine alone |");
        for (String policy : policies) {
            Optional<Double> over = nanos(figures, policy, prefix + "bare-interpreter");
            Optional<Double> under = nanos(figures, policy, prefix + "bare-register");
            String cell =
                    over.isPresent() && under.isPresent()
                            ? String.format(Locale.ROOT, "%.1fx", over.get() / under.get())
                            : "-";
            table.append(' ').append(cell).append(" |");
        }
        table.append('\n');
    }

    private static Optional<Double> nanos(List<Figure> figures, String policy, String machine) {
        return figures.stream()
                .filter(each -> each.policy().equals(policy) && each.machine().equals(machine))
                .map(Figure::nanos)
                .findFirst();
    }

    /** The document with the table between its markers. */
    static String replaced(String document, String table) {
        int begin = document.indexOf(BEGIN);
        int end = document.indexOf(END);
        if (begin < 0 || end < begin) {
            throw ToolFailure.usage(
                    "--write: the document has no lines '%s' and '%s', in this order"
                            .formatted(BEGIN, END));
        }
        return document.substring(0, begin + BEGIN.length())
                + "\n\n"
                + table
                + "\n"
                + document.substring(end);
    }

    private static String processor() {
        try {
            String model =
                    Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                            .filter(line -> line.startsWith("model name"))
                            .map(line -> line.substring(line.indexOf(':') + 1).strip())
                            .findFirst()
                            .orElse(System.getProperty("os.arch"));
            return "%s, %d cores".formatted(model, Runtime.getRuntime().availableProcessors());
        } catch (IOException e) {
            return "an unknown processor";
        }
    }

    private static String load() {
        try {
            String all = Files.readString(Path.of("/proc/loadavg"));
            return all.substring(0, all.indexOf(' '));
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String said(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try {
                String output =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0
                        ? output.strip()
                        : "unknown";
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
