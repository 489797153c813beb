package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What must hold for any input: seeded random walks with fires, faults and gaps in them. */
class PolicyPropertyTest {
    private static final int ZONES = 4;

    private static final List<SensorChannel> CHANNELS = channels();

    private static List<SensorChannel> channels() {
        List<SensorChannel> channels = new ArrayList<>();
        for (int zone = 0; zone < ZONES; zone++) {
            for (Quantity quantity :
                    List.of(
                            Quantity.TEMPERATURE,
                            Quantity.OBSCURATION,
                            Quantity.CARBON_MONOXIDE,
                            Quantity.HUMIDITY)) {
                channels.add(Rooms.channel("zone" + zone, quantity));
            }
        }
        return channels;
    }

    private static PolicySpec spec(String policy) {
        return new PolicySpec(policy, policy, CHANNELS, Map.of());
    }

    /** Readings in no tidy order: late ones, bad ones, spikes, silences, extreme values. */
    private static List<Reading> readings(long seed, int count) {
        Random random = new Random(seed);
        double[] level = new double[CHANNELS.size()];
        List<Reading> readings = new ArrayList<>(count);
        double second = 0;
        for (int i = 0; i < count; i++) {
            second += random.nextInt(1000) == 0 ? random.nextInt(600) : random.nextDouble() * 0.5;
            int at = random.nextInt(CHANNELS.size());
            level[at] = Math.clamp(level[at] + random.nextGaussian() * 0.05, -0.2, 1.5);
            double share = random.nextInt(500) == 0 ? random.nextDouble() * 3 : level[at];
            double value =
                    switch (CHANNELS.get(at).quantity()) {
                        case TEMPERATURE -> 20 + 60 * share;
                        case OBSCURATION -> 0.2 * share;
                        case CARBON_MONOXIDE -> 5e-4 * share;
                        default -> 50 * share;
                    };
            if (random.nextInt(20_000) == 0) {
                value = random.nextBoolean() ? Double.MAX_VALUE : -Double.MAX_VALUE;
            }
            Quality quality =
                    random.nextInt(50) == 0
                            ? random.nextBoolean() ? Quality.UNCERTAIN : Quality.BAD
                            : Quality.GOOD;
            double late = random.nextInt(100) == 0 ? random.nextInt(20) : 0;
            readings.add(Rooms.reading(CHANNELS.get(at), second - late, value, quality));
        }
        return readings;
    }

    /** All that was said, with every bit of every number; each change of hazards in order. */
    private static List<String> run(
            String policy, Engine engine, List<Reading> readings, Random cuts, int cutMax) {
        List<String> said = new ArrayList<>();
        try (PolicySet set = PolicySet.load(List.of(spec(policy)), engine)) {
            int from = 0;
            while (from < readings.size()) {
                int to = Math.min(readings.size(), from + 1 + cuts.nextInt(cutMax));
                Batch batch =
                        new Batch(readings.get(to - 1).at(), from, readings.subList(from, to));
                Rooms.hazards(set.evaluate(batch)).forEach(h -> said.add(bits(h)));
                from = to;
            }
            assertEquals(0, set.states().getFirst().failures());
        }
        return said;
    }

    private static String bits(Hazard h) {
        return "%s %s %s %d %s %x %x %x %s"
                .formatted(
                        h.channel().id(),
                        h.change(),
                        h.code(),
                        h.severity(),
                        h.quality(),
                        Double.doubleToRawLongBits(h.score()),
                        Double.doubleToRawLongBits(h.value()),
                        Double.doubleToRawLongBits(h.limit()),
                        h.at());
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @CsvSource({"heat,1", "heat,2", "heat,3", "smoke,1", "smoke,2", "smoke,3"})
    void howReadingsAreCutIntoBatchesChangesNothing(String policy, long seed) {
        List<Reading> readings = readings(seed, 30_000);
        Engine engine = Engine.BUILD_TIME_COMPILED;
        List<String> whole = run(policy, engine, readings, new Random(seed), 30_000);
        assertTrue(whole.size() > 50, "only " + whole.size() + " hazards: the input shows nothing");
        assertEquals(whole, run(policy, engine, readings, new Random(seed), 1));
        assertEquals(whole, run(policy, engine, readings, new Random(seed), 700));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @CsvSource({"heat,11", "heat,12", "smoke,11", "smoke,12"})
    void allEnginesAgreeBitForBit(String policy, long seed) {
        List<Reading> readings = readings(seed, 30_000);
        List<String> compiled =
                run(policy, Engine.BUILD_TIME_COMPILED, readings, new Random(seed), 500);
        assertTrue(compiled.size() > 30, "only " + compiled.size() + " hazards");
        assertEquals(
                compiled, run(policy, Engine.RUNTIME_COMPILED, readings, new Random(seed), 500));
        assertEquals(compiled, run(policy, Engine.INTERPRETER, readings, new Random(seed), 500));
        assertEquals(compiled, run(policy, Engine.REGISTER, readings, new Random(seed), 500));
    }

    /** POLICY-ABI, 5.7: a new instance with the saved state goes on as if nothing had happened. */
    @ParameterizedTest(name = "{0}, seed {1}")
    @CsvSource({"heat,21", "heat,22", "smoke,21", "smoke,22"})
    void aNewInstanceWithTheSavedStateGoesOnBitForBit(String policy, long seed) {
        List<Reading> readings = readings(seed, 6_000);
        BatchRows rows = new BatchRows(CHANNELS);
        PolicyModule module = PolicyModule.load(policy, Engine.BUILD_TIME_COMPILED);
        List<SensorChannel> bound =
                CHANNELS.stream()
                        .filter(c -> module.manifest().quantities().contains(c.quantity()))
                        .toList();
        Random random = new Random(seed);
        try (Watchdog watchdog = new Watchdog(Duration.ofMillis(100))) {
            WasmPolicy whole = instance(module, bound, watchdog);
            WasmPolicy restored = instance(module, bound, watchdog);
            assertTrue(
                    restored.abi().state().length < 40_000,
                    "saved is only what the bound slots need");
            int hazards = 0;
            int from = 0;
            while (from < readings.size()) {
                int to = Math.min(readings.size(), from + 1 + random.nextInt(100));
                rows.take(Rooms.batch(readings.subList(from, to)));
                var expected = process(whole, bound, rows);
                byte[] state = restored.abi().state();
                restored = instance(module, bound, watchdog);
                restored.abi().state(state);
                assertEquals(expected, process(restored, bound, rows), "after reading " + from);
                hazards += expected.size();
                from = to;
            }
            assertTrue(hazards > 20, "only " + hazards + " hazards");
        }
    }

    private static WasmPolicy instance(
            PolicyModule module, List<SensorChannel> bound, Watchdog watchdog) {
        SortedMap<Integer, GuestAbi.Slot> slots = new TreeMap<>();
        for (SensorChannel c : bound) {
            slots.put(slots.size(), new GuestAbi.Slot(c.quantity(), c.zone().charAt(4) - '0'));
        }
        return new WasmPolicy(
                module,
                new TreeMap<>(module.manifest().configuration(Map.of())),
                slots,
                watchdog,
                new GuestLog("test"));
    }

    private static List<GuestAbi.HazardRecord> process(
            WasmPolicy policy, List<SensorChannel> bound, BatchRows rows) {
        int filled = 0;
        for (int row = 0; row < rows.count(); row++) {
            int slot = bound.indexOf(rows.reading(row).channel());
            if (slot >= 0) {
                policy.abi().reading(filled++, rows.millis(row), rows.reading(row), slot, row);
            }
        }
        return policy.process(filled, 0, rows.nowMillis(), 0);
    }
}
