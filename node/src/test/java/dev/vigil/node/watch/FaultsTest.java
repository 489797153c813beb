package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");

    private final Faults faults = new Faults();

    @Test
    void aFlickeringFaultIsOneFault() {
        assertEquals(1, faults.seen(T0, "policy/heat", "TRAP").size());
        assertEquals(List.of(), faults.seen(T0.plusSeconds(30), "policy/heat", "TRAP"));
        assertEquals(List.of(), faults.tick(T0.plusSeconds(89)));

        List<Faults.Change> over = faults.tick(T0.plusSeconds(90));

        assertEquals(2, over.getFirst().fault().count());
        assertTrue(faults.active().isEmpty());
    }
}
