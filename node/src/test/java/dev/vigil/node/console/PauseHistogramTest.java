package dev.vigil.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PauseHistogramTest {
    private final PauseHistogram histogram = new PauseHistogram();

    @Test
    void aPauseGoesIntoTheBucketThatBoundsIt() {
        histogram.total(1, 0); // less than a millisecond
        histogram.total(2, 1);
        histogram.total(3, 3);
        histogram.total(4, 8_000);

        PauseHistogram.Snapshot snapshot = histogram.snapshot();
        assertEquals(2, countUpTo(snapshot, 0.001));
        assertEquals(3, countUpTo(snapshot, 0.002));
        assertEquals(3, countUpTo(snapshot, 5));
        assertEquals(4, countUpTo(snapshot, Double.POSITIVE_INFINITY));
        assertEquals(8.0, snapshot.sumSeconds());
        assertEquals(7.997, snapshot.longestSeconds());
    }

    @Test
    void timeOfSeveralCollectionsBetweenTwoLooksIsTakenAsOnePause() {
        histogram.total(10, 90);

        PauseHistogram.Snapshot snapshot = histogram.snapshot();
        assertEquals(9, countUpTo(snapshot, 0.001));
        assertEquals(10, countUpTo(snapshot, 0.1));
        assertEquals(9, countUpTo(snapshot, 0.05));
        assertEquals(0.09, snapshot.longestSeconds());
    }

    @Test
    void timeThatIsToldBeforeItsCollectionBelongsToIt() {
        histogram.total(1, 4);
        histogram.total(1, 11);
        assertEquals(0.004, histogram.snapshot().longestSeconds());

        histogram.total(2, 11);
        assertEquals(0.007, histogram.snapshot().longestSeconds());
    }

    @Test
    void aCollectorThatDoesNotCountHasNoPauses() {
        histogram.total(-1, -1);

        assertEquals(0, Arrays.stream(histogram.snapshot().counts()).sum());
        assertEquals(0, histogram.snapshot().sumSeconds());
    }

    @Test
    void itsSumAndCountAreTheCollectorsTotals() {
        SplittableRandom random = new SplittableRandom(5);
        long collections = 0;
        long millis = 0;
        for (int i = 0; i < 1_000; i++) {
            collections += random.nextInt(3);
            millis += random.nextInt(30);
            histogram.total(collections, millis);
        }
        histogram.total(++collections, millis);

        PauseHistogram.Snapshot snapshot = histogram.snapshot();
        assertEquals(collections, Arrays.stream(snapshot.counts()).sum());
        assertEquals(millis / 1e3, snapshot.sumSeconds());
        assertTrue(snapshot.longestSeconds() >= 0.029, () -> "" + snapshot.longestSeconds());
    }

    private static long countUpTo(PauseHistogram.Snapshot snapshot, double seconds) {
        long count = 0;
        for (int i = 0; i < snapshot.counts().length; i++) {
            if (snapshot.boundsSeconds()[i] <= seconds) {
                count += snapshot.counts()[i];
            }
        }
        return count;
    }
}
