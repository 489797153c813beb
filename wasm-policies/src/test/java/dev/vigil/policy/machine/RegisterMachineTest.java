package dev.vigil.policy.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * src/test/fixtures/machine.wat, on the register machine and, to compare, Chicory's interpreter.
 */
class RegisterMachineTest {
    private static final WasmModule MODULE = Parser.parse(wasm("machine"));
    private static final RegisterCode CODE = RegisterCode.translate(MODULE, FuelPlan.CALL_DEPTH);

    private static byte[] wasm(String name) {
        try (InputStream in =
                RegisterMachineTest.class.getResourceAsStream("/fixtures/" + name + ".wasm")) {
            if (in == null) {
                throw new IllegalArgumentException("no fixture " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Instance instance(Function<Instance, Machine> machines) {
        HostFunction twice =
                new HostFunction(
                        "host",
                        "twice",
                        FunctionType.of(List.of(ValType.I32), List.of(ValType.I32)),
                        (instance, arguments) -> new long[] {2 * arguments[0]});
        return Instance.builder(MODULE)
                .withImportValues(ImportValues.builder().addFunction(twice).build())
                .withMemoryFactory(FlatMemory::new)
                .withMachineFactory(machines)
                .build();
    }

    private static RegisterMachine machine(Instance instance) {
        return (RegisterMachine) instance.getMachine();
    }

    private static long call(Instance instance, String export, long... arguments) {
        return instance.export(export).apply(arguments)[0];
    }

    @ParameterizedTest
    @CsvSource({
        "fibonacci,1,8", "sumTo,1,50", "choose,1,4", "swapped,2,9", "before,1,9",
        "conditional,1,2", "not,2,3", "deeper,1,100", "grow,1,2", "byTable,2,4"
    })
    void answersAsTheInterpreterDoes(String export, int parameters, int range) {
        Random random = new Random(1);
        Instance register = instance(CODE);
        Instance interpreter = instance(InterpreterMachine::new);
        for (int i = 0; i < 50; i++) {
            long[] arguments = random.longs(parameters, 0, range).toArray();
            assertEquals(
                    outcome(interpreter, export, arguments), outcome(register, export, arguments));
        }
    }

    private static String outcome(Instance instance, String export, long... arguments) {
        try {
            return Long.toString(call(instance, export, arguments));
        } catch (ChicoryException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void fuelIsTakenBlockByBlockAndEndsTheCallBeforeTheBlockItCantPay() {
        Instance instance = instance(CODE);
        RegisterMachine machine = machine(instance);
        machine.refill(1000);
        assertEquals(6, call(instance, "sumTo", 3));
        // block loop get eqz br_if; three times round 9 + 4, the last time 4 without the rest; end.
        long used = 1000 - machine.left();
        machine.refill(used);
        assertEquals(6, call(instance, "sumTo", 3));
        assertEquals(0, machine.left());
        machine.refill(used - 1);
        LimitTrap trap = assertThrows(LimitTrap.class, () -> call(instance, "sumTo", 3));
        assertEquals(LimitTrap.Limit.FUEL, trap.limit());
        assertEquals(-1, machine.left());
        machine.refill(1000);
        assertEquals(6, call(instance, "sumTo", 3), "the machine can be called again");
    }

    @Test
    void fuelIsExactAlsoOverManySlices() {
        Instance instance = instance(CODE);
        RegisterMachine machine = machine(instance);
        machine.refill(Long.MAX_VALUE);
        call(instance, "sumTo", 10);
        long ten = Long.MAX_VALUE - machine.left();
        machine.refill(Long.MAX_VALUE);
        call(instance, "sumTo", 20);
        long each = (Long.MAX_VALUE - machine.left() - ten) / 10;
        machine.refill(Long.MAX_VALUE);
        call(instance, "sumTo", 100_010);
        assertEquals(100_000 * each + ten, Long.MAX_VALUE - machine.left());
    }

    @Test
    void fillingCostsByLengthBeforeItRuns() {
        Instance instance = instance(CODE);
        RegisterMachine machine = machine(instance);
        machine.refill(5 + 1024);
        instance.export("fill").apply(0, 65536);
        assertEquals(0, machine.left());
        machine.refill(5 + 1023);
        assertThrows(LimitTrap.class, () -> instance.export("fill").apply(0, 65536));
        machine.refill(1_000_000);
        ChicoryException out =
                assertThrows(ChicoryException.class, () -> instance.export("fill").apply(1, 65536));
        assertTrue(String.valueOf(out.getMessage()).contains("out of bounds memory access"));
    }

    @Test
    void callsNestAsDeepAsTheLimitAndNoDeeper() {
        Instance instance = instance(CODE);
        assertEquals(255, call(instance, "deeper", 255));
        LimitTrap trap = assertThrows(LimitTrap.class, () -> call(instance, "deeper", 256));
        assertEquals(LimitTrap.Limit.STACK, trap.limit());
        assertEquals(255, call(instance, "deeper", 255), "nothing of the failed call is left");
    }

    @Test
    void anInterruptedThreadEndsTheCall() throws InterruptedException {
        Instance instance = instance(CODE);
        Throwable[] ended = new Throwable[1];
        Thread guest = Thread.ofPlatform().unstarted(() -> instance.export("spin").apply());
        guest.setUncaughtExceptionHandler((thread, thrown) -> ended[0] = thrown);
        guest.start();
        guest.interrupt();
        guest.join(30_000);
        assertEquals(ChicoryInterruptedException.class, ended[0].getClass());
    }

    @ParameterizedTest
    @ValueSource(longs = {0x7ff8000000000001L, 0xfff8000000000000L, 0x7ff0000000000001L})
    void computedNansAreCanonicalAndMovedOnesKeepTheirBits(long nan) {
        Instance instance = instance(CODE);
        long one = Double.doubleToRawLongBits(1);
        assertEquals(0x7ff8000000000000L, call(instance, "nans", nan, one));
        assertEquals(0x7ff8000000000000L, call(instance, "nans", one, nan));
        assertEquals(nan ^ Long.MIN_VALUE, call(instance, "kept", nan));
    }

    @ParameterizedTest
    @CsvSource({
        "65527,1,true",
        "65528,1,false",
        "65529,0,false",
        "-4,0,false",
        "2147483647,2147483647,false",
        "-1,1,true",
        "-8,4,false",
        "2147483644,0,false"
    })
    void everyAccessIsChecked(int base, int index, boolean inside) {
        Instance instance = instance(CODE);
        String outcome = outcome(instance, "load", base, index);
        assertEquals(inside ? "0" : "out of bounds memory access", outcome);
        assertEquals("out of bounds memory access", outcome(instance, "far", base));
    }

    @Test
    void storesAtTheEndOfMemoryAreWholeOrNothing() {
        Instance instance = instance(CODE);
        instance.export("store").apply(65525, -1);
        byte[] end = instance.memory().readBytes(65528, 8);
        assertArrayEquals(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}, end);
        assertThrows(ChicoryException.class, () -> instance.export("store").apply(65526, 0));
        assertArrayEquals(end, instance.memory().readBytes(65528, 8));
    }

    @Test
    void divisionTraps() {
        Instance instance = instance(CODE);
        assertEquals("integer divide by zero", outcome(instance, "divide", 1, 0));
        assertEquals("integer overflow", outcome(instance, "divide", Integer.MIN_VALUE, -1));
    }

    @Test
    void theHostIsCalledWithGlobalsKept() {
        Instance instance = instance(CODE);
        assertEquals(2, call(instance, "counted"));
        assertEquals(4, call(instance, "counted"));
    }

    @Test
    void whatItCantExpressIsRefusedWithFunctionAndRule() {
        WasmModule simd = Parser.parse(wasm("simd"));
        Untranslatable refused =
                assertThrows(Untranslatable.class, () -> RegisterCode.translate(simd, 256));
        assertTrue(
                String.valueOf(refused.getMessage())
                        .matches("function \\d+ uses .*register code has.*"),
                refused.getMessage());
    }
}
