package dev.vigil.policy.tool;

import dev.vigil.policy.Batch;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.Manifest;
import dev.vigil.policy.ModuleSource;
import dev.vigil.sensor.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * {@code bench}: what a reading costs on each machine, in this JVM, in a native executable of the
 * node when one is named, in plain Java and in V8, as one table. Owned by the thread of the command
 * line.
 */
final class BenchCommand {
    private static final List<String> POLICIES = List.of("light", "least-squares", "smoke", "heat");

    private final int millis;
    private final Scratch scratch;
    private final Streams io;
    private final List<Figure> figures = new ArrayList<>();

    private BenchCommand(int millis, Scratch scratch, Streams io) {
        this.millis = millis;
        this.scratch = scratch;
        this.io = io;
    }

    static int run(List<String> words, Streams io) {
        Arguments arguments =
                Arguments.of(words, Set.of("--write", "--millis", "--native"), Set.of());
        if (!arguments.names().isEmpty()) {
            throw ToolFailure.usage("bench takes no names: %s".formatted(arguments.names()));
        }
        long millis = CommandTime.whole("--millis", arguments.one("--millis").orElse("500"));
        if (millis < 1 || millis > 60_000) {
            throw ToolFailure.usage("--millis is %d, it is 1 to 60000".formatted(millis));
        }
        Optional<Path> executable = arguments.one("--native").map(Path::of);
        try (Scratch scratch = Scratch.of("vigil-bench")) {
            BenchCommand bench = new BenchCommand((int) millis, scratch, io);
            for (String policy : POLICIES) {
                bench.policy(policy, executable);
            }
            String table = BenchTable.of(POLICIES, bench.figures, executable.isPresent());
            io.out().println();
            io.out().print(table);
            arguments
                    .one("--write")
                    .map(Path::of)
                    .ifPresent(
                            file -> Disk.write(file, BenchTable.replaced(Disk.text(file), table)));
            return bench.agree() ? 0 : ToolFailure.BROKEN;
        } catch (IOException e) {
            throw ToolFailure.usage("bench: %s".formatted(e));
        }
    }

    private void policy(String policy, Optional<Path> executable) throws IOException {
        String module = module(policy);
        byte[] bytes = ModuleSource.read(module);
        Manifest manifest = Manifest.of(bytes);
        BenchReadings readings = new BenchReadings(manifest);
        for (Figure figure : MachineFigures.of(module, millis)) {
            note(figure);
        }
        plain(policy)
                .ifPresent(
                        java ->
                                note(
                                        MachineFigures.measure(
                                                policy,
                                                "java",
                                                millis,
                                                readings,
                                                batch -> judge(java, batch))));
        if (executable.isPresent()) {
            for (Figure figure :
                    ran(executable.get().toString(), "figures", Integer.toString(millis), module)) {
                note(
                        new Figure(
                                policy,
                                "native-" + figure.machine(),
                                figure.nanos(),
                                figure.hazards()));
            }
        }
        v8(policy, bytes, manifest, readings);
    }

    private void note(Figure figure) {
        figures.add(figure);
        io.out().println(figure.line());
    }

    /** Whether every machine found the same number of hazards; says where not. */
    private boolean agree() {
        boolean agree = true;
        for (String policy : POLICIES) {
            Set<Long> found =
                    figures.stream()
                            .filter(figure -> figure.policy().equals(policy))
                            .map(Figure::hazards)
                            .collect(Collectors.toSet());
            if (found.size() != 1) {
                io.err()
                        .println(
                                "%s: the machines found different numbers of hazards: %s"
                                        .formatted(policy, found));
                agree = false;
            }
        }
        return agree;
    }

    /** A bundled policy by its name; a sample by a file of that name. */
    private String module(String policy) {
        String sample =
                switch (policy) {
                    case "light" -> "samples/light/light-rust.wasm";
                    case "least-squares" -> "samples/least-squares/least-squares.wasm";
                    default -> "";
                };
        if (sample.isEmpty()) {
            return policy;
        }
        Path file = scratch.file(policy + ".wasm");
        Disk.write(file, Sdk.read(sample));
        return file.toString();
    }

    private static Optional<PlainJava> plain(String policy) {
        return switch (policy) {
            case "light" -> Optional.of(new LightInJava(BenchReadings.CHANNELS));
            case "least-squares" -> Optional.of(new LeastSquaresInJava(BenchReadings.CHANNELS));
            default -> Optional.empty();
        };
    }

    private static int judge(PlainJava policy, Batch batch) {
        Count count = new Count();
        List<Reading> readings = batch.readings();
        for (int slot = 0; slot < readings.size(); slot++) {
            Reading reading = readings.get(slot);
            policy.judge(slot, reading.at().toEpochMilli(), reading.value(), count);
        }
        return count.hazards;
    }

    /** How many findings there were. */
    private static final class Count implements PlainJava.Findings {
        private int hazards;

        @Override
        public void found(
                int slot,
                Hazard.Change change,
                int code,
                double score,
                double value,
                double limit) {
            hazards++;
        }
    }

    @SuppressWarnings("EnumOrdinal") // Quantity says that its ordinal is part of the ABI
    private void v8(String policy, byte[] module, Manifest manifest, BenchReadings readings)
            throws IOException {
        Path script = scratch.file("v8.mjs");
        Disk.write(script, Sdk.read("bench/v8.mjs"));
        Path file = scratch.file(policy + "-v8.wasm");
        Disk.write(file, module);
        Path values = scratch.file("values");
        Disk.write(values, readings.bytes());
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "node",
                                script.toString(),
                                file.toString(),
                                values.toString(),
                                Integer.toString(millis),
                                policy,
                                manifest.configuration(Map.of()).entrySet().stream()
                                        .map(each -> each.getKey() + "=" + each.getValue())
                                        .collect(Collectors.joining(","))));
        manifest.quantities().stream()
                .sorted()
                .forEach(quantity -> command.add(Integer.toString(quantity.ordinal())));
        try {
            for (Figure figure : ran(command.toArray(String[]::new))) {
                note(figure);
            }
        } catch (IOException e) {
            io.err().println("V8 is not measured: %s".formatted(e.getMessage()));
        }
    }

    /** The figures another program prints. */
    private static List<Figure> ran(String... command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("%s failed".formatted(command[0]));
            }
            return output.lines()
                    .filter(line -> line.startsWith("figure "))
                    .map(Figure::of)
                    .toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while %s ran".formatted(command[0]), e);
        } finally {
            process.destroyForcibly();
        }
    }
}
