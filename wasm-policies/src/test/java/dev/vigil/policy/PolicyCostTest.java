package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.trust.Admission;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What admission rests on. */
final class PolicyCostTest {
    private static final byte[] HEAT = PolicyModule.read("heat");

    @Test
    void goldenReadingsCostTheSameOnEveryEngine() {
        byte[] wasm = golden(ramp(200));
        Set<Double> costs = new HashSet<>();
        for (Engine engine :
                new Engine[] {Engine.INTERPRETER, Engine.RUNTIME_COMPILED, Engine.REGISTER}) {
            PolicyCost.Fuel fuel = fuel(wasm, engine);
            assertTrue(fuel.measured());
            costs.add(fuel.perReading());
        }

        assertEquals(1, costs.size(), costs.toString());
        assertTrue(costs.iterator().next() > 10, costs.toString());
    }

    @Test
    void withoutGoldenReadingsItIsTakenToNeedAllItMayUse() {
        PolicyCost.Fuel fuel = fuel(HEAT, Engine.REGISTER);

        long asked = Manifest.of(HEAT).budget().fuelPerReading();
        assertEquals(
                new PolicyCost.Fuel(Math.min(asked, Grant.SITE.fuelPerReading()), false), fuel);
    }

    @Test
    void readingsItDoesNotJudgeDoNotCount() {
        byte[] both = golden(ramp(200) + "500,room,co,0.001\n500,room,humidity,50\n");

        assertEquals(fuel(golden(ramp(200)), Engine.REGISTER), fuel(both, Engine.REGISTER));
    }

    @Test
    void whatNeedsMoreThanItsGrantOnItsOwnReadingsIsRefused() {
        Grant small =
                new Grant(
                        5,
                        Grant.SITE.fuelPerCall(),
                        Grant.SITE.deadline(),
                        Grant.SITE.pages(),
                        8,
                        Grant.SITE.stateBytes(),
                        Grant.SITE.slots(),
                        Grant.CAPABILITIES);

        PolicyUnloadable refused =
                assertThrows(
                        PolicyUnloadable.class,
                        () ->
                                PolicyCost.fuel(
                                        "heat",
                                        golden(ramp(20)),
                                        Map.of(),
                                        small,
                                        Engine.REGISTER));

        assertEquals(
                "heat: on its golden readings: vigil_process used up its fuel of 80 instructions",
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0,room,temperature",
                "0,room,warmth,20",
                "x,room,temperature,20",
                "NaN,room,temperature,20",
                "0,room,temperature,NaN",
                "0,room,temperature,20,fine",
                "0,room,co,0.001",
                "# nothing"
            })
    void badGoldenReadingsAreRefused(String line) {
        assertThrows(PolicyUnloadable.class, () -> fuel(golden(line), Engine.REGISTER));
    }

    @Test
    void aMillionGoldenReadingsAreRefusedUnread() {
        byte[] wasm = golden("0,a,temperature,1\n".repeat(GoldenReadings.READINGS_MAX + 1));

        assertThrows(PolicyUnloadable.class, () -> fuel(wasm, Engine.REGISTER));
    }

    @Test
    void aSlowClockMakesSlowInstructions() {
        var slow = new AtomicLong();
        var slower = new AtomicLong();

        double nanos = PolicyCost.nanosPerFuel(Engine.REGISTER, () -> slow.addAndGet(1_000_000));
        double more = PolicyCost.nanosPerFuel(Engine.REGISTER, () -> slower.addAndGet(3_000_000));

        assertTrue(nanos > 0);
        assertEquals(3 * nanos, more, 1e-9);
    }

    @Test
    void theFiguresDecideTogether() {
        PolicyCost.Fuel fuel = fuel(golden(ramp(200)), Engine.REGISTER);
        double nanos = PolicyCost.nanosPerFuel(Engine.REGISTER, System::nanoTime);
        // The share it has at a rate of one reading a second is what it takes; so many fit.
        double share = new Admission.Cost(fuel.perReading(), nanos, 1).share();
        var budget = new Admission.NodeBudget(share * 1000, 0);

        assertInstanceOf(
                Admission.Admitted.class,
                Admission.judge("heat", new Admission.Cost(fuel.perReading(), nanos, 999), budget));
        assertInstanceOf(
                Admission.TooCostly.class,
                Admission.judge(
                        "heat", new Admission.Cost(fuel.perReading(), nanos, 1001), budget));
    }

    private static PolicyCost.Fuel fuel(byte[] wasm, Engine engine) {
        return PolicyCost.fuel("heat", wasm, Map.of(), Grant.SITE, engine);
    }

    private static String ramp(int readings) {
        var lines = new StringBuilder("# a fire\n");
        for (int i = 0; i < readings; i++) {
            lines.append(i).append(",room,temperature,").append(20 + i * 0.5).append('\n');
        }
        return lines.toString();
    }

    private static byte[] golden(String lines) {
        return WasmSections.with(HEAT, WasmSections.GOLDEN, lines.getBytes(StandardCharsets.UTF_8));
    }
}
