package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The conformance list, 27 to 35: limits bite, at the same instruction on every machine. */
class HostileTest {
    private static final String ENGINES = "dev.vigil.policy.Conform#engines";

    /**
     * @param progress rounds or frames until it was stopped; -1: many, the same on all machines
     */
    record Probe(String name, int value, PolicyFailure.Kind kind, long progress) {}

    static Stream<Arguments> probes() {
        List<Probe> probes =
                List.of(
                        // 20000 for the reading, 9 or so a round
                        new Probe("27 spin", 1, PolicyFailure.Kind.FUEL, -1),
                        // 256 frames: vigil_process, $probe, these, and $count in the last
                        new Probe("29 recursion", 2, PolicyFailure.Kind.TRAP_STACK, 253),
                        // 1 KiB of stack, 16 bytes a frame
                        new Probe("29 shadow stack", 3, PolicyFailure.Kind.TRAP_OOB, 64),
                        new Probe("30 memory.fill", 4, PolicyFailure.Kind.FUEL, -1),
                        new Probe("31 host calls", 5, PolicyFailure.Kind.HOST_CALLS, 9),
                        new Probe("table index", 12, PolicyFailure.Kind.TRAP_INDIRECT, 0),
                        new Probe("null in table", 13, PolicyFailure.Kind.TRAP_INDIRECT, 0),
                        new Probe("type in table", 14, PolicyFailure.Kind.TRAP_INDIRECT, 0),
                        new Probe("no such integer", 15, PolicyFailure.Kind.TRAP_DIV, 0),
                        new Probe("division by 0", 16, PolicyFailure.Kind.TRAP_DIV, 0),
                        new Probe("fill too far", 17, PolicyFailure.Kind.TRAP_OOB, 0),
                        new Probe("store too far", 18, PolicyFailure.Kind.TRAP_OOB, 0),
                        new Probe("unreachable", 19, PolicyFailure.Kind.TRAP_UNREACHABLE, 0));
        return probes.stream()
                .flatMap(p -> Conform.engines().map(e -> Arguments.of(p.name(), e, p)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("probes")
    void isStoppedThereOnEveryMachine(String name, Engine engine, Probe probe) {
        try (Conform guest = new Conform(engine);
                Conform reference = new Conform(Engine.INTERPRETER)) {
            GuestFault fault = guest.fault(probe.value());
            assertEquals(probe.kind(), fault.kind(), fault.text());
            reference.fault(probe.value());
            assertEquals(reference.state(), guest.state(), name);
            if (probe.progress() >= 0) {
                assertEquals(probe.progress(), guest.progress());
            } else {
                assertTrue(guest.progress() > 10, guest.progress() + " rounds");
            }
        }
    }

    @ParameterizedTest(name = "28 spin in vigil_init, {0}")
    @MethodSource(ENGINES)
    void spinInInit(Engine engine) {
        PolicyModule module = Conform.module("init-loops", Fixtures.PLAIN, engine);
        GuestFault fault = assertThrows(GuestFault.class, () -> new Conform(module).close());
        assertEquals(PolicyFailure.Kind.FUEL, fault.kind());
    }

    @ParameterizedTest(name = "32 a flood of log lines is cut and counted, {0}")
    @MethodSource(ENGINES)
    void logFlood(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            for (int i = 0; i < 50; i++) {
                assertEquals(PolicyFailure.Kind.HOST_CALLS, guest.fault(5).kind());
                guest.policy = guest.fresh();
            }
            // 8 lines each, of which 10 reach the log: the clock of the log stands still here.
            assertEquals(50 * 8 - 10, guest.log.dropped());
        }
    }

    private static PolicyModule endless(Engine engine, Duration deadline) {
        PolicyModule module = Conform.module(engine);
        Grant grant = module.grant();
        return Conform.with(
                module,
                new Grant(
                        Long.MAX_VALUE / 2,
                        Long.MAX_VALUE / 2,
                        deadline,
                        grant.pages(),
                        grant.hostCallsPerBatch(),
                        grant.stateBytes(),
                        grant.slots(),
                        grant.capabilities()));
    }

    @ParameterizedTest(name = "33, 34 the deadline stops it, and not the next policy, {0}")
    @MethodSource(ENGINES)
    void deadline(Engine engine) {
        try (Conform guest = new Conform(endless(engine, Duration.ofMillis(100)));
                Conform next = new Conform(endless(engine, Duration.ofSeconds(60)))) {
            for (int i = 0; i < 5; i++) {
                GuestFault fault = guest.fault(1);
                assertEquals(PolicyFailure.Kind.DEADLINE, fault.kind(), fault.text());
                assertFalse(Thread.currentThread().isInterrupted());
                for (int call = 0; call < 50; call++) {
                    assertEquals(List.of(), next.process(60, 60));
                }
                guest.policy = guest.fresh();
            }
        }
    }

    @ParameterizedTest(name = "35 ten thousand traps leave nothing behind, {0}")
    @MethodSource(ENGINES)
    void traps(Engine engine) {
        try (Conform guest = new Conform(engine)) {
            traps(guest, 500);
            long before = heap();
            traps(guest, 10_000);
            long grown = heap() - before;
            // One instance in a hundred kept would be 6.5 MB.
            assertTrue(grown < 4_000_000, grown + " bytes more after 10,000 traps");
        }
    }

    private static void traps(Conform guest, int count) {
        for (int i = 0; i < count; i++) {
            assertEquals(PolicyFailure.Kind.TRAP_UNREACHABLE, guest.fault(19).kind());
            guest.policy = guest.fresh();
        }
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
