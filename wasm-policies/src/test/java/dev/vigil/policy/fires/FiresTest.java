package dev.vigil.policy.fires;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiresTest {
    private static final Path RECORDINGS = Path.of("../sensor-drivers/recordings");

    @Test
    void theTablesInTheReadmeAreWhatTheCommandPrintsNow() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertEquals(
                Fires.replaced(readme, Fires.print(RECORDINGS)),
                readme,
                "README.md is out of date: run ./vigil fires --write wasm-policies/README.md");
    }

    @Test
    void aDocumentWithoutMarkersIsNotTouched() {
        var refused =
                assertThrows(IllegalArgumentException.class, () -> Fires.replaced("text", "table"));
        assertTrue(String.valueOf(refused.getMessage()).contains("has no lines"));
    }

    @Test
    void slopeOfALineIsItsSlope() {
        double[] seconds = {0, 7, 14, 21, 28, 35};
        double[] values = {1, 8, 15, 22, 29, 36};
        assertEquals(60, Statistics.slopePerMinute(seconds, values, 5, 30), 1e-9);
        assertEquals(0, Statistics.slopePerMinute(seconds, values, 1, 30));
    }

    @Test
    void aMedianWithAlarmsThatNeverCameIsStillAMedian() {
        double never = Double.POSITIVE_INFINITY;
        assertEquals(3, Statistics.median(List.of(never, 1.0, 3.0)));
        assertEquals("never", Statistics.difference(Statistics.median(List.of(never, 1.0, never))));
        assertEquals("+2 s", Statistics.difference(2));
    }
}
