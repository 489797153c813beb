package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatternTest {
    @Test
    void temporal3IsThreePulsesOfHalfASecondAndAPauseOfOneAndAHalf() {
        // ISO 8201: on 0.5, off 0.5, on 0.5, off 0.5, on 0.5, off 1.5; here in steps of 0.25 s
        assertEquals(
                "##..##..##......##..##..##......",
                drawn(Pattern.named("temporal-3").orElseThrow(), 250, 32));
    }

    @Test
    void temporal4IsFourShortPulsesAndAPauseOfFiveSeconds() {
        assertEquals(
                "#.#.#.#." + ".".repeat(49) + "#.#.#.#.",
                drawn(Pattern.named("temporal-4").orElseThrow(), 100, 65));
    }

    @Test
    void steadyIsAlwaysOn() {
        assertEquals("########", drawn(Pattern.STEADY, 500, 8));
        assertTrue(Pattern.STEADY.on(Duration.ofDays(400)));
    }

    @Test
    void aClockThatWasSetBackFindsItOn() {
        assertTrue(Pattern.named("pulse").orElseThrow().on(Duration.ofSeconds(-3)));
    }

    @Test
    void phasesComeInPairsOfASensibleLength() {
        for (List<Duration> wrong :
                List.of(
                        List.of(Duration.ofSeconds(1)),
                        List.of(Duration.ofMillis(99), Duration.ofSeconds(1)),
                        List.of(Duration.ofSeconds(1), Duration.ofMinutes(11)))) {
            assertThrows(IllegalArgumentException.class, () -> new Pattern(wrong));
        }
    }

    private static String drawn(Pattern pattern, long stepMillis, int steps) {
        StringBuilder drawn = new StringBuilder();
        for (int i = 0; i < steps; i++) {
            drawn.append(pattern.on(Duration.ofMillis(i * stepMillis)) ? '#' : '.');
        }
        return drawn.toString();
    }
}
