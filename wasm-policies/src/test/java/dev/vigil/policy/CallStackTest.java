package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls 256 deep fit into a thread's stack of 1 MiB on every machine, or the module is refused: a
 * machine that ran out of Java's stack first would stop elsewhere than the others.
 */
class CallStackTest {
    private static final int CALL_SELF = 3;
    private static final String MANIFEST =
            Fixtures.PLAIN.replace("\"pages\":1", "\"pages\":1,\"fuelPerReading\":1000000");

    /**
     * vigil_process, which keeps this many numbers over a call of a function: each is read from
     * memory before it and written back after it, so that no compiler can do without it.
     */
    private static byte[] module(int locals, int callee) {
        StringBuilder body = new StringBuilder("01 ").append(leb(locals)).append("7e");
        for (int local = 1; local <= locals; local++) {
            body.append("41 00 29 03 00 21").append(leb(local));
        }
        body.append("20 00 10").append(leb(callee)).append("1a");
        for (int local = 1; local <= locals; local++) {
            body.append("41 00 20").append(leb(local)).append("37 03 00");
        }
        return new ModuleBytes().process(body + "41 00 0b").withManifest(MANIFEST);
    }

    private static String leb(int value) {
        return value < 0x80
                ? " %02x ".formatted(value)
                : " %02x %02x ".formatted((value & 0x7F) | 0x80, value >> 7);
    }

    private static PolicyFailure.Kind outcome(PolicyModule module) {
        CompletableFuture<PolicyFailure.Kind> kind = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            try (Conform guest = new Conform(module)) {
                                kind.complete(guest.fault(new double[Conform.IN_CAP]).kind());
                            } finally {
                                kind.completeExceptionally(new AssertionError("no fault"));
                            }
                        },
                        "small-stack",
                        1 << 20);
        thread.start();
        return kind.join();
    }

    @ParameterizedTest
    @MethodSource("dev.vigil.policy.Conform#engines")
    void theLargestFrameThatMayCallItselfReachesTheDepthLimit(Engine engine) {
        // 100 locals, 3 operands and constants: 256 frames of 2 KiB.
        PolicyModule module = Conform.module("calls-itself", module(97, CALL_SELF), engine);

        assertEquals(PolicyFailure.Kind.TRAP_STACK, outcome(module));
    }

    @ParameterizedTest
    @ValueSource(ints = {110, 1000})
    void whatWouldNeedMoreIsRefused(int locals) {
        PolicyModule.Refused refused =
                assertThrows(
                        PolicyModule.Refused.class,
                        () ->
                                PolicyModule.load(
                                        "it",
                                        module(locals, CALL_SELF),
                                        Engine.REGISTER,
                                        Conform.SITE));

        assertTrue(refused.text().contains("can need more than 512 KiB of stack"), refused.text());
    }

    @Test
    void aThousandLocalsInAFunctionThatDoesNotCallItselfAreFine() {
        PolicyModule module =
                PolicyModule.load("it", module(1000, 2), Engine.RUNTIME_COMPILED, Conform.SITE);

        assertEquals("x", module.manifest().id());
    }
}
