package dev.vigil.policy.tool;

import dev.vigil.policy.Engine;
import dev.vigil.policy.PolicySpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code replay}: what a policy says of recorded data. The same module and data give the same lines
 * and so the same hash on every machine and engine; only a policy that is stopped by the deadline,
 * which is a matter of the machine's speed, can break that, and its batch is undecided then.
 * Stateless.
 */
final class ReplayCommand {
    private ReplayCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments =
                Arguments.of(words, Set.of("--set", "--engine", "--journal"), Set.of("--quiet"));
        if (arguments.names().isEmpty()) {
            throw ToolFailure.usage("a module and what to replay are needed");
        }
        String module = arguments.names().getFirst();
        Map<String, Readings> sources = new LinkedHashMap<>();
        for (String name : arguments.names().subList(1, arguments.names().size())) {
            add(sources, name, io);
        }
        arguments
                .one("--journal")
                .ifPresent(folder -> sources.put("journal", JournalCat.read(Path.of(folder))));
        if (sources.isEmpty()) {
            throw ToolFailure.usage(
                    "nothing to replay is named; it is a recording, or --journal DIR");
        }
        boolean quiet = arguments.has("--quiet");
        VerdictLog log = new VerdictLog(line -> show(line, quiet, io));
        Optional<Engine> engine = Engines.chosen(arguments);
        sources.forEach(
                (name, readings) -> {
                    log.line("# " + name);
                    PolicySpec spec =
                            new PolicySpec(
                                    "replay", module, readings.channels(), arguments.settings());
                    log.judge(spec, engine, readings.inOrder(), io.err());
                });
        io.out().println(log.summary());
        io.out().println("sha256 of the lines above: " + log.hash());
        return log.code();
    }

    private static void show(String line, boolean quiet, Streams io) {
        if (!quiet) {
            io.out().println(line);
        }
    }

    private static void add(Map<String, Readings> sources, String name, Streams io) {
        if (name.equals("-")) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(io.in(), StandardCharsets.UTF_8));
            try {
                sources.put("standard input", SenmlLines.read("standard input", lines.lines()));
            } catch (UncheckedIOException e) {
                throw ToolFailure.usage("standard input can't be read: " + e.getMessage());
            }
            return;
        }
        for (Path file : files(Path.of(name))) {
            String title = String.valueOf(file.getFileName());
            sources.put(
                    title,
                    title.endsWith(".gz")
                            ? RecordedFire.read(file)
                            : Readings.csv(file.toString(), Disk.text(file).lines().toList()));
        }
    }

    /** The file itself, or the recordings of a folder in order of their names. */
    private static List<Path> files(Path named) {
        if (!Files.isDirectory(named)) {
            return List.of(named);
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(named)) {
            all.filter(file -> file.toString().endsWith(".csv.gz"))
                    .filter(file -> !file.toString().contains("_activation"))
                    .sorted()
                    .forEach(files::add);
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be read: %s".formatted(named, e));
        }
        if (files.isEmpty()) {
            throw ToolFailure.usage("%s has no recording (.csv.gz)".formatted(named));
        }
        return files;
    }
}
