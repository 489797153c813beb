package dev.vigil.policy;

import com.dylibso.chicory.runtime.Instance;
import dev.vigil.policy.machine.FlatMemory;
import dev.vigil.policy.machine.FuelPlan;
import dev.vigil.policy.machine.RegisterCode;
import dev.vigil.policy.machine.RegisterMachine;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * What a reading costs on each machine, in one run of one process. Owned by the thread that calls.
 *
 * <p>Readings of 256 channels in turn, a second apart, in full batches; the time is that of the
 * policy's calls, not of writing the rows, in the tenth percentile of batches: so other work on the
 * machine falsifies little. The channels' values wander, a few rise like a fire.
 */
public final class MachineBench {
    private static final int CHANNELS = 256;
    private static final int BATCHES_MAX = 100_000;
    private static final int ROUNDS = 256;

    /**
     * @param machine an {@link Engine}, or {@code PLAIN_JAVA}
     * @param instructions of the module, for each reading; 0 for plain Java
     * @param hazards in the same number of readings: the same for all machines
     */
    public record Row(
            String policy, String machine, double nanos, double instructions, long hazards) {}

    private final String name;
    private final byte[] module;
    private final Duration time;
    private final List<SensorChannel> channels = new ArrayList<>();
    private final double[] values = new double[CHANNELS * ROUNDS];

    private MachineBench(String name, byte[] module, Duration time) {
        this.name = name;
        this.module = module;
        this.time = time;
        List<Quantity> quantities =
                load(Engine.INTERPRETER).manifest().quantities().stream().sorted().toList();
        Random random = new Random(7);
        for (int i = 0; i < CHANNELS; i++) {
            Quantity quantity = quantities.get(i % quantities.size());
            channels.add(new SensorChannel(new SensorId("c" + i), quantity, "zone" + i / 4));
            double value = 20;
            for (int round = 0; round < ROUNDS; round++) {
                value += random.nextGaussian() * 0.05 + (i % 16 == 0 && round > 128 ? 0.4 : 0);
                boolean temperature = quantity == Quantity.TEMPERATURE;
                values[round * CHANNELS + i] = temperature ? value : value * 1e-4;
            }
        }
    }

    /**
     * Measures a policy on every machine there is here.
     *
     * @param policy a bundled policy's name, or the path of a module with a manifest
     * @param time for each machine, once to warm up and once to measure
     */
    public static List<Row> run(String policy, Duration time) throws IOException {
        return new MachineBench(policy, ModuleSource.read(policy), time).rows();
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        double instructions = instructions();
        for (Engine engine : ModuleSource.engines(name)) {
            try (Watchdog watchdog = new Watchdog(Duration.ofMillis(100))) {
                WasmPolicy policy = instance(load(engine), watchdog);
                rows.add(
                        measure(
                                engine.name(),
                                instructions,
                                policy.abi().capacity(),
                                batches(policy)));
            }
        }
        if (label().equals("light")) {
            rows.add(measure("PLAIN_JAVA", 0, CHANNELS, plain()));
        }
        return rows;
    }

    private String label() {
        Path file = Path.of(name).getFileName();
        return String.valueOf(file).replace(".wasm", "");
    }

    private PolicyModule load(Engine engine) {
        return PolicyModule.load(name, module, engine, Grant.SITE);
    }

    private WasmPolicy instance(PolicyModule loaded, Watchdog watchdog) {
        SortedMap<Integer, GuestAbi.Slot> slots = new TreeMap<>();
        for (SensorChannel channel : channels) {
            slots.put(slots.size(), new GuestAbi.Slot(channel.quantity(), slots.size() / 4));
        }
        return new WasmPolicy(
                loaded,
                new TreeMap<>(loaded.manifest().configuration(Map.of())),
                slots,
                watchdog,
                new GuestLog(name));
    }

    /** Judges the readings of a round; how many hazards. */
    private interface Batches {
        int judge(int round);

        long nanos();
    }

    private Batches batches(WasmPolicy policy) {
        return new Batches() {
            private long nanos;

            @Override
            public int judge(int round) {
                long now = now(round);
                for (int i = 0; i < CHANNELS; i++) {
                    policy.abi().reading(i, now, reading(round, i), i, i);
                }
                long before = System.nanoTime();
                int hazards = policy.process(CHANNELS, 0, now, (long) round * CHANNELS).size();
                nanos += System.nanoTime() - before;
                return hazards;
            }

            @Override
            public long nanos() {
                return nanos;
            }
        };
    }

    private Batches plain() {
        PlainLight light = new PlainLight(CHANNELS);
        long[] ts = new long[CHANNELS];
        double[] row = new double[CHANNELS];
        int[] slots = new int[CHANNELS];
        Arrays.setAll(slots, IntUnaryOperator.identity());
        return new Batches() {
            private long nanos;

            @Override
            public int judge(int round) {
                Arrays.fill(ts, now(round));
                System.arraycopy(values, round % ROUNDS * CHANNELS, row, 0, CHANNELS);
                long before = System.nanoTime();
                int hazards = light.process(CHANNELS, ts, row, slots);
                nanos += System.nanoTime() - before;
                return hazards;
            }

            @Override
            public long nanos() {
                return nanos;
            }
        };
    }

    private static long now(int round) {
        return 1_700_000_000_000L + round * 1000L;
    }

    private Reading reading(int round, int channel) {
        return new Reading(
                channels.get(channel),
                values[round % ROUNDS * CHANNELS + channel],
                Quality.GOOD,
                Instant.ofEpochMilli(now(round)));
    }

    private Row measure(String machine, double instructions, int capacity, Batches batches) {
        if (capacity < CHANNELS) {
            throw new IllegalArgumentException(
                    "%s takes %d readings in a call, this needs %d"
                            .formatted(name, capacity, CHANNELS));
        }
        int round = 0;
        long hazards = 0;
        // The first rounds are the same for all, whatever their speed: their hazards are compared.
        while (round < 2 * ROUNDS) {
            hazards += batches.judge(round++);
        }
        // The first half of the time is for the JVM's compiler.
        long start = batches.nanos();
        while (batches.nanos() - start < time.toNanos()) {
            batches.judge(round++);
        }
        long[] nanos = new long[BATCHES_MAX];
        int counted = 0;
        long half = batches.nanos();
        long before = half;
        while (counted < BATCHES_MAX && before - half < time.toNanos()) {
            batches.judge(round++);
            nanos[counted++] = batches.nanos() - before;
            before = batches.nanos();
        }
        Arrays.sort(nanos, 0, counted);
        double batch = nanos[counted / 10];
        return new Row(label(), machine, batch / CHANNELS, instructions, hazards);
    }

    /** What the module executes for a reading, counted exactly as its fuel. */
    private double instructions() {
        PolicyModule loaded = load(Engine.REGISTER);
        RegisterCode code = RegisterCode.translate(loaded.wasm(), FuelPlan.CALL_DEPTH);
        List<RegisterMachine> machines = new ArrayList<>();
        Instance instance =
                Instance.builder(loaded.wasm())
                        .withImportValues(new HostFunctions(loaded, new GuestLog(name)).imports())
                        .withMemoryFactory(FlatMemory::new)
                        .withMachineFactory(
                                made -> {
                                    machines.add(code.apply(made));
                                    return machines.getFirst();
                                })
                        .withStart(false)
                        .build();
        int layout = (int) instance.export("vigil_layout").apply()[0];
        GuestAbi abi =
                new GuestAbi((FlatMemory) instance.memory(), layout, Grant.SITE.stateBytes());
        var configuration = new TreeMap<>(loaded.manifest().configuration(Map.of()));
        instance.export("vigil_init").apply(abi.configuration(configuration));
        boolean binds = instance.module().exportSection().exportCount() > 0 && binds(loaded);
        for (int slot = 0; binds && slot < CHANNELS; slot++) {
            abi.descriptor(slot, new GuestAbi.Slot(channels.get(slot).quantity(), slot / 4));
            instance.export("vigil_slot").apply(slot, 1);
        }
        RegisterMachine machine = machines.getFirst();
        machine.refill(Long.MAX_VALUE);
        for (int round = 0; round < 2 * ROUNDS; round++) {
            for (int i = 0; i < CHANNELS; i++) {
                abi.reading(i, now(round), reading(round, i), i, i);
            }
            abi.header(CHANNELS, 0, now(round), (long) round * CHANNELS);
            instance.export("vigil_process").apply(CHANNELS);
        }
        return (double) (Long.MAX_VALUE - machine.left()) / (2 * ROUNDS) / CHANNELS;
    }

    private static boolean binds(PolicyModule loaded) {
        var exports = loaded.wasm().exportSection();
        for (int i = 0; i < exports.exportCount(); i++) {
            if (exports.getExport(i).name().equals("vigil_slot")) {
                return true;
            }
        }
        return false;
    }

    /** Arguments: policies; option {@code --time MILLISECONDS}. */
    public static void main(String[] arguments) throws IOException {
        Duration time = Duration.ofMillis(1500);
        List<String> policies = new ArrayList<>(List.of(arguments));
        if (policies.size() > 1 && policies.getFirst().equals("--time")) {
            time = Duration.ofMillis(Long.parseLong(policies.get(1)));
            policies = policies.subList(2, policies.size());
        }
        // CHECKSTYLE OFF: a command line prints
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // CHECKSTYLE ON
        out.println(
                "| policy | machine | ns/reading | of the interpreter | instructions | ns each |");
        out.println("|---|---|--:|--:|--:|--:|");
        for (String policy : policies) {
            print(run(policy, time), out);
        }
    }

    private static void print(List<Row> rows, PrintStream out) {
        double interpreter = rows.getFirst().nanos();
        for (Row row : rows) {
            if (row.hazards() != rows.getFirst().hazards()) {
                throw new IllegalStateException("machines disagree: " + rows);
            }
            out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.1f | 1/%.1f | %.1f | %.2f |%n",
                    row.policy(),
                    row.machine().toLowerCase(Locale.ROOT).replace('_', ' '),
                    row.nanos(),
                    interpreter / row.nanos(),
                    row.instructions(),
                    row.instructions() == 0 ? Double.NaN : row.nanos() / row.instructions());
        }
    }
}
