package dev.vigil.policy.tool;

import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import dev.vigil.policy.Batch;
import dev.vigil.policy.Engine;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.Manifest;
import dev.vigil.policy.ModuleSource;
import dev.vigil.policy.PolicyFailure;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.policy.Verdict;
import dev.vigil.policy.machine.FuelPlan;
import dev.vigil.policy.machine.Meter;
import dev.vigil.policy.machine.RegisterCode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Serial;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * Measures policies on every machine there is in this process, on a JVM or in a native executable:
 * a node's whole judgement of a batch, that is writing the rows, the policy's call, reading its
 * answers and saving its state. Owned by the thread that calls.
 */
public final class MachineFigures {
    private static final int SLICE_ROUNDS = 8;
    private static final int ATTEMPTS = 5;

    /** In place of a machine: how many instructions, not how long they take. */
    static final String INSTRUCTIONS = "instructions";

    private MachineFigures() {}

    /**
     * Command {@code figures MILLIS POLICY...}: prints a line for each policy and machine.
     *
     * @param words how long to measure in milliseconds, then bundled policies and paths of modules
     * @return exit code: 0, or 2 for wrong arguments and modules that can't be used
     */
    public static int run(List<String> words, PrintStream out, PrintStream err) {
        if (words.size() < 2 || !words.getFirst().matches("[1-9][0-9]{0,4}")) {
            err.println("usage: figures MILLIS POLICY...");
            return 2;
        }
        try {
            for (String policy : words.subList(1, words.size())) {
                for (Figure figure : of(policy, Integer.parseInt(words.getFirst()))) {
                    out.println(figure.line());
                }
            }
            return 0;
        } catch (IOException | IllegalArgumentException | PolicyUnloadable e) {
            err.println("figures: " + e.getMessage());
            return 2;
        }
    }

    /**
     * @param policy a bundled one, or the path of a module
     * @param millis how long to measure, after as long for warming up
     */
    static List<Figure> of(String policy, int millis) throws IOException {
        byte[] bytes = ModuleSource.read(policy);
        Manifest manifest = Manifest.of(bytes);
        BenchReadings readings = new BenchReadings(manifest);
        PolicySpec spec = new PolicySpec("bench", policy, readings.channels(), Map.of());
        List<Figure> figures = new ArrayList<>();
        for (Engine engine : ModuleSource.engines(policy)) {
            figures.add(patiently(spec, engine, millis, readings));
        }
        figures.add(instructions(policy));
        figures.addAll(bare(name(policy), Parser.parse(bytes), manifest, millis, readings));
        return figures;
    }

    /**
     * The two machines by themselves: what the register machine costs, and Chicory's interpreter as
     * Chicory has it, without limits.
     */
    private static List<Figure> bare(
            String name, WasmModule module, Manifest manifest, int millis, BenchReadings readings) {
        RegisterCode code = RegisterCode.translate(module, FuelPlan.CALL_DEPTH);
        BareModule register = new BareModule(module, manifest, code);
        BareModule interpreter = new BareModule(module, manifest, InterpreterMachine::new);
        return List.of(
                measure(name, "bare-register", millis, readings, register::judge),
                measure(name, "bare-interpreter", millis, readings, interpreter::judge));
    }

    /**
     * WebAssembly instructions per reading: what fuel counts, and so the same on every machine.
     *
     * @param policy a bundled one, or the path of a module
     */
    static Figure instructions(String policy) throws IOException {
        byte[] bytes = ModuleSource.read(policy);
        Manifest manifest = Manifest.of(bytes);
        WasmModule wasm = Parser.parse(bytes);
        RegisterCode code = RegisterCode.translate(wasm, FuelPlan.CALL_DEPTH);
        BareModule module = new BareModule(wasm, manifest, code);
        BenchReadings readings = new BenchReadings(manifest);
        Meter meter = (Meter) module.machine();
        long hazards = 0;
        meter.refill(Long.MAX_VALUE);
        for (int round = 0; round < BenchReadings.ROUNDS; round++) {
            hazards += module.judge(readings.batch(round));
        }
        double used = Long.MAX_VALUE - meter.left();
        return new Figure(
                name(policy),
                INSTRUCTIONS,
                used / BenchReadings.ROUNDS / BenchReadings.CHANNELS,
                hazards);
    }

    /**
     * On a machine that stalls, a call can be stopped through no fault of its own: it is tried
     * again.
     */
    private static Figure patiently(
            PolicySpec spec, Engine engine, int millis, BenchReadings readings) {
        for (int attempt = 1; ; attempt++) {
            try (PolicySet set = PolicySet.load(List.of(spec), engine)) {
                return measure(
                        name(spec.module()),
                        Engines.word(engine),
                        millis,
                        readings,
                        batch -> judge(set, batch));
            } catch (Stopped e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** A call took longer than its deadline. */
    private static final class Stopped extends IllegalArgumentException {
        @Serial private static final long serialVersionUID = 1L;

        Stopped(String message) {
            super(message);
        }
    }

    /** {@code /tmp/light.wasm} is {@code light}. */
    static String name(String policy) {
        return String.valueOf(Path.of(policy).getFileName()).replaceFirst("\\.wasm$", "");
    }

    private static int judge(PolicySet set, Batch batch) {
        int hazards = 0;
        for (Judgement judgement : set.evaluate(batch)) {
            switch (judgement.verdict()) {
                case Verdict.Normal() -> {}
                case Verdict.Hazardous(List<Hazard> found) -> hazards += found.size();
                case Verdict.Undecided failed
                        when failed.failure().kind() == PolicyFailure.Kind.DEADLINE ->
                        throw new Stopped(failed.failure().detail());
                case Verdict.Undecided failed ->
                        throw new IllegalArgumentException(failed.failure().detail());
            }
        }
        return hazards;
    }

    /**
     * @param judge a batch in, the number of hazards out
     */
    static Figure measure(
            String policy,
            String machine,
            int millis,
            BenchReadings readings,
            ToIntFunction<Batch> judge) {
        long hazards = 0;
        int round = 0;
        while (round < BenchReadings.ROUNDS) {
            hazards += judge.applyAsInt(readings.batch(round++));
        }
        LongSupplier clock = clock();
        List<Double> slices = new ArrayList<>();
        long later = 0;
        long all = 0;
        // The first half is for the JVM's compiler.
        while (all < 2_000_000L * millis) {
            List<Batch> batches = new ArrayList<>();
            for (int i = 0; i < SLICE_ROUNDS; i++) {
                batches.add(readings.batch(round++));
            }
            long before = clock.getAsLong();
            for (Batch batch : batches) {
                later += judge.applyAsInt(batch);
            }
            long nanos = clock.getAsLong() - before;
            if (all >= 1_000_000L * millis || slices.isEmpty()) {
                slices.add((double) nanos / SLICE_ROUNDS / BenchReadings.CHANNELS);
            }
            all += nanos;
        }
        if (later < 0) {
            throw new IllegalStateException("a count of hazards went below 0: " + later);
        }
        slices.sort(Double::compare);
        return new Figure(policy, machine, slices.get(slices.size() / 2), hazards);
    }

    /** The processor's time for this thread: what else runs on the machine counts little. */
    private static LongSupplier clock() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported()
                ? threads::getCurrentThreadCpuTime
                : System::nanoTime;
    }
}
