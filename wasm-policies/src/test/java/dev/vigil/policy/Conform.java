package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** An instance of fixture conform.wat on one machine, driven without a policy set around it. */
final class Conform implements AutoCloseable {
    static final String MANIFEST =
            """
            {"abi":1,"id":"conform","version":"1","stateVersion":2,
            "columns":["ts","val","slot","qual","seq"],"quantities":["temperature"],
            "hazards":{"1":"HOT","2":"SILENT"},
            "settings":[{"key":1,"name":"level","unit":"Cel","default":100,"min":50,"max":200}],
            "capabilities":["metric","lookup:rooms","lookup:doors"],
            "metrics":{"1":"probes"},"lookups":{"1":"rooms","2":"doors"},"tickMs":1000,
            "budget":{"fuelPerReading":20000,"fuelPerCall":100000,"deadlineMs":60000,"pages":1,"slots":8,
            "hostCallsPerBatch":8,"stateBytes":256}}
            """;

    /** A site that gives everything but table doors, and time enough for a slow machine. */
    static final Grant SITE =
            new Grant(
                    Grant.SITE.fuelPerReading(),
                    Grant.SITE.fuelPerCall(),
                    Duration.ofSeconds(60),
                    64,
                    64,
                    4 << 20,
                    4096,
                    Set.of("log", "abort", "metric", "lookup:rooms"));

    static final int IN_CAP = 16;
    static final long START = 1_800_000_000_000L;
    private static final SensorChannel CHANNEL = Rooms.channel("hall", Quantity.TEMPERATURE);

    final Watchdog watchdog = new Watchdog(Duration.ofMillis(10));
    final GuestLog log = new GuestLog("conform");
    final PolicyModule module;
    WasmPolicy policy;
    private long now = START;
    private long sequence;

    Conform(PolicyModule module) {
        this.module = module;
        this.policy = fresh();
    }

    Conform(Engine engine) {
        this(module(engine));
    }

    static Stream<Engine> engines() {
        return Stream.of(Engine.values());
    }

    static PolicyModule module(Engine engine) {
        return module("conform", MANIFEST, engine);
    }

    static PolicyModule module(String fixture, String manifest, Engine engine) {
        byte[] wasm = Fixtures.withManifest(Fixtures.wasm(fixture), manifest);
        return module(fixture, wasm, engine);
    }

    /** A module of this name and these bytes; there is one for each name. */
    static PolicyModule module(String name, byte[] wasm, Engine engine) {
        return engine == Engine.BUILD_TIME_COMPILED
                ? BuildTimeCompiled.load(name, wasm, SITE)
                : PolicyModule.load(name, wasm, engine, SITE);
    }

    static PolicyModule with(PolicyModule module, Grant grant) {
        return new PolicyModule(
                module.wasm(), module.manifest(), grant, module.engine(), module.machines());
    }

    static SortedMap<Integer, Double> level(double level) {
        return new TreeMap<>(Map.of(1, level));
    }

    static SortedMap<Integer, GuestAbi.Slot> slots(int count) {
        SortedMap<Integer, GuestAbi.Slot> slots = new TreeMap<>();
        for (int slot = 0; slot < count; slot++) {
            slots.put(slot, new GuestAbi.Slot(Quantity.TEMPERATURE, 0));
        }
        return slots;
    }

    WasmPolicy fresh() {
        return new WasmPolicy(module, level(100), slots(4), watchdog, log);
    }

    /** Throws the instance away and goes on with a new one. */
    void restore(byte[] state) {
        policy = fresh();
        policy.restore(state, Long.MIN_VALUE);
    }

    /** One call with these values, a second apart, on slots 0 to 3 in turn. */
    List<GuestAbi.HazardRecord> process(double... values) {
        return process(0, Quality.GOOD, values);
    }

    List<GuestAbi.HazardRecord> process(int flags, Quality quality, double... values) {
        long first = sequence;
        for (int row = 0; row < values.length; row++) {
            now += 1000;
            var reading = Rooms.reading(CHANNEL, 0, values[row], quality);
            policy.abi().reading(row, now, reading, (int) (sequence++ % 4), row);
        }
        return policy.process(values.length, flags, now, first);
    }

    GuestFault fault(double... values) {
        return assertThrows(GuestFault.class, () -> process(values));
    }

    List<GuestAbi.HazardRecord> tick(long seconds) {
        return policy.tick(now + 1000 * seconds);
    }

    long now() {
        return now;
    }

    long number(int offset) {
        return state().getLong(offset);
    }

    /** How far the last probe came. */
    long progress() {
        return number(32);
    }

    ByteBuffer state() {
        return ByteBuffer.wrap(policy.state()).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        watchdog.close();
    }
}
