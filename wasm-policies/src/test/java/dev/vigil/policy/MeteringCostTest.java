package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What each part of {@link Metering} costs on the compiled machine: asserts no time. The best of
 * many short rounds counts: others use the machine, too. Prints its table with
 * -Dmetering.cost=true; the figures are in node/docs/decisions/0016.
 */
class MeteringCostTest {
    private static final int ROUNDS = 80;
    private static final int CALLS = 150;
    private static final int SLOTS = 256;

    private static final List<Set<Metering.Part>> VARIANTS =
            List.of(
                    EnumSet.noneOf(Metering.Part.class),
                    EnumSet.of(Metering.Part.FUEL),
                    EnumSet.of(Metering.Part.DEPTH),
                    EnumSet.of(Metering.Part.CANONICAL_NAN),
                    EnumSet.allOf(Metering.Part.class));

    private static byte[] bytes(String policy) throws IOException {
        return Files.readAllBytes(
                policy.equals("light")
                        ? Path.of("sdk/samples/light/light-rust.wasm")
                        : Path.of("src/main/resources/dev/vigil/policy", policy + ".wasm"));
    }

    private static WasmPolicy policy(String name, Set<Metering.Part> parts, boolean compiled)
            throws IOException {
        byte[] wasm = bytes(name);
        WasmModule original = Parser.parse(ModuleSections.withoutCustom(wasm));
        WasmModule metered = Parser.parse(Metering.meter(wasm, original, parts));
        Manifest manifest = Manifest.of(wasm);
        PolicyModule module =
                new PolicyModule(
                        metered,
                        manifest,
                        manifest.budget().min(Grant.SITE),
                        Engine.RUNTIME_COMPILED,
                        compiled
                                ? MachineFactoryCompiler.builder(metered)
                                        .withInterpreterFallback(InterpreterFallback.FAIL)
                                        .compile()
                                : InterpreterMachine::new);
        SortedMap<Integer, GuestAbi.Slot> slots = new TreeMap<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            Quantity quantity = Quantity.TEMPERATURE;
            if (name.equals("smoke") && slot % 2 == 0) {
                quantity = Quantity.OBSCURATION;
            }
            slots.put(slot, new GuestAbi.Slot(quantity, slot / 2));
        }
        return new WasmPolicy(
                module,
                manifest.configuration(Map.of()),
                slots,
                new Watchdog(Duration.ofMillis(10)),
                new GuestLog(name));
    }

    /** Nanoseconds a reading, host work included. */
    private static double run(WasmPolicy policy, boolean smoke, int call) {
        Reading reading =
                Rooms.reading(Rooms.channel("x", Quantity.TEMPERATURE), 0, smoke ? 0.01 : 20.5);
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            long now = 1_800_000_000_000L + 1000L * (call + i);
            for (int row = 0; row < SLOTS; row++) {
                policy.abi().reading(row, now, reading, row, row);
            }
            policy.process(SLOTS, 0, now, 0);
        }
        return (System.nanoTime() - start) / (double) (CALLS * SLOTS);
    }

    @Test
    void whatIsAddedChangesNoAnswer() throws IOException {
        byte[] expected = {};
        for (Set<Metering.Part> parts : VARIANTS) {
            WasmPolicy policy = policy("heat", parts, false);
            Reading reading = Rooms.reading(Rooms.channel("x", Quantity.TEMPERATURE), 0, 20.5);
            for (int call = 0; call < 20; call++) {
                for (int row = 0; row < SLOTS; row++) {
                    policy.abi().reading(row, call * 1000L, reading, row, row);
                }
                policy.process(SLOTS, 0, call * 1000L, 0);
            }
            expected = parts.isEmpty() ? policy.state() : expected;
            assertTrue(Arrays.equals(expected, policy.state()), parts.toString());
            assertEquals(!parts.contains(Metering.Part.FUEL), policy.fuelUsed() == 0);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "metering.cost", matches = "true")
    void print() throws IOException {
        StringBuilder table = new StringBuilder("policy, parts, ns a reading, ratio\n");
        for (String name : List.of("light", "heat", "smoke")) {
            List<WasmPolicy> policies = new ArrayList<>();
            for (Set<Metering.Part> parts : VARIANTS) {
                policies.add(policy(name, parts, true));
            }
            double[][] times = new double[VARIANTS.size()][ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < policies.size(); i++) {
                    times[i][round] = run(policies.get(i), name.equals("smoke"), round * CALLS);
                }
            }
            for (int i = 0; i < times.length; i++) {
                Arrays.sort(times[i]);
                table.append(
                        "%s, %s, %.1f, %.2f%n"
                                .formatted(
                                        name,
                                        VARIANTS.get(i),
                                        times[i][0],
                                        times[i][0] / times[0][0]));
            }
        }
        Files.writeString(Path.of("target", "metering-cost.csv"), table);
    }
}
