package dev.vigil.policy.tool;

import dev.vigil.policy.Batch;
import dev.vigil.policy.Engine;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.Verdict;
import dev.vigil.sensor.Reading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code run}: readings in, verdicts out. Stateless. */
final class RunCommand {
    private RunCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments =
                Arguments.of(words, Set.of("--vectors", "--csv", "--set", "--engine"), Set.of());
        String module = arguments.name("module");
        Optional<Engine> engine = Engines.chosen(arguments);
        if (arguments.has("--vectors") == arguments.has("--csv")) {
            throw ToolFailure.usage("one of --vectors and --csv is needed");
        }
        if (arguments.has("--vectors")) {
            return vectors(module, Path.of(arguments.need("--vectors")), engine, arguments, io);
        }
        Path file = Path.of(arguments.need("--csv"));
        Readings readings = Readings.csv(file.toString(), Disk.text(file).lines().toList());
        VerdictLog log = new VerdictLog(io.out()::println);
        PolicySpec spec = new PolicySpec("run", module, readings.channels(), arguments.settings());
        log.judge(spec, engine, readings.inOrder(), io.err());
        io.out().println(log.summary());
        return log.code();
    }

    private static int vectors(
            String module, Path file, Optional<Engine> engine, Arguments arguments, Streams io) {
        List<Vectors.Case> cases;
        try {
            cases = Vectors.of(Disk.text(file).lines().toList());
        } catch (IllegalArgumentException e) {
            throw ToolFailure.usage("%s, %s".formatted(file, e.getMessage()));
        }
        int failed = 0;
        for (Vectors.Case vector : cases) {
            List<String> broken = broken(module, vector, engine, arguments.settings());
            io.out().println("%s %s".formatted(broken.isEmpty() ? "ok  " : "FAIL", vector.name()));
            broken.forEach(line -> io.out().println("     " + line));
            failed += broken.isEmpty() ? 0 : 1;
        }
        io.out().println("%d cases, %d failed".formatted(cases.size(), failed));
        return failed == 0 && !cases.isEmpty() ? 0 : ToolFailure.BROKEN;
    }

    /** What is not as the case says. */
    private static List<String> broken(
            String module, Vectors.Case vector, Optional<Engine> engine, Map<String, Double> set) {
        Map<String, Double> settings = new HashMap<>(set);
        settings.putAll(vector.settings());
        List<Hazard> hazards = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        PolicySpec spec = new PolicySpec("run", module, vector.channels(), settings);
        try (PolicySet policies = Engines.load(spec, engine)) {
            List<Reading> readings = vector.readings();
            for (int from = 0; from < readings.size(); from += VerdictLog.BATCH) {
                List<Reading> batch =
                        readings.subList(from, Math.min(from + VerdictLog.BATCH, readings.size()));
                for (Judgement judgement :
                        policies.evaluate(new Batch(batch.getLast().at(), from, batch))) {
                    switch (judgement.verdict()) {
                        case Verdict.Normal() -> {}
                        case Verdict.Hazardous(List<Hazard> found) -> hazards.addAll(found);
                        case Verdict.Undecided failed -> broken.add(failed.failure().detail());
                    }
                }
            }
        }
        for (Vectors.Expectation expectation : vector.expectations()) {
            String what = expectation.broken(hazards);
            if (!what.isEmpty()) {
                broken.add("%s: %s".formatted(expectation.line(), what));
            }
        }
        return broken;
    }
}
