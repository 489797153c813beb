package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineBenchTest {
    @Test
    void everyMachineIsMeasuredOnTheSameReadingsWithTheSameHazards() throws IOException {
        List<MachineBench.Row> rows =
                MachineBench.run("src/test/resources/fixtures/light.wasm", Duration.ofMillis(1));
        assertEquals(
                List.of("INTERPRETER", "RUNTIME_COMPILED", "REGISTER", "PLAIN_JAVA"),
                rows.stream().map(MachineBench.Row::machine).toList());
        assertTrue(rows.getFirst().hazards() > 16, rows.toString());
        assertEquals(1, rows.stream().map(MachineBench.Row::hazards).distinct().count());
        // What decision 0013 calls the light policy of 220 instructions.
        assertEquals(220, rows.getFirst().instructions(), 25, rows.toString());
    }
}
