package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    private static final int PER_SECOND = 8_000;

    private Instant now = Samples.START;
    private final Pace pace = new Pace(PER_SECOND, now);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void inTheLongRunNoMoreGoesOutThanTheBudget(long seed) {
        var random = new Random(seed);
        long sent = 0;
        Instant end = now.plusSeconds(3_600);
        while (now.isBefore(end)) {
            now = now.plusMillis(random.nextInt(20));
            if (pace.allows(now)) {
                int bytes = random.nextInt(4_000);
                pace.take(bytes, now);
                sent += bytes + 512;
            }
        }
        assertTrue(
                sent > 3_590L * PER_SECOND && sent < 3_602L * PER_SECOND,
                sent / 3_600.0 + " bytes/s");
    }

    @Test
    void whatAlarmsTakeHistoryMakesUpFor() {
        pace.take(3 * PER_SECOND - 512, now);
        assertFalse(pace.allows(now.plusMillis(2_400)));
        assertTrue(pace.allows(now.plusMillis(2_600)));
    }

    @Test
    void idleTimeIsNotSavedUp() {
        now = now.plus(Duration.ofHours(1));
        assertTrue(pace.allows(now));
        pace.take(PER_SECOND / 2, now);
        assertFalse(pace.allows(now));
    }

    @Test
    void aClockThatLeapsBackNeitherStopsItNorFillsIt() {
        pace.take(PER_SECOND, now);
        now = now.minus(Duration.ofDays(7_000));
        assertFalse(pace.allows(now));
        assertTrue(pace.allows(now.plusSeconds(2)));
    }

    @Test
    void blocksAreNeverCutToAlmostNothing() {
        assertEquals(1_024, new Pace(150, now).blockBytes());
        assertEquals(PER_SECOND / 2 - 512, pace.blockBytes());
        assertThrows(IllegalArgumentException.class, () -> new Pace(0, now));
    }
}
