package dev.vigil.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void hasBoundsFromTenMicrosecondsToTenSeconds() {
        double[] bounds = histogram.snapshot().boundsSeconds();
        assertEquals(1e-5, bounds[0]);
        assertEquals(2e-5, bounds[1]);
        assertEquals(5e-5, bounds[2]);
        assertEquals(10, bounds[bounds.length - 2]);
        assertEquals(Double.POSITIVE_INFINITY, bounds[bounds.length - 1]);
        double[] sorted = bounds.clone();
        Arrays.sort(sorted);
        assertEquals(Arrays.toString(sorted), Arrays.toString(bounds));
    }

    @Test
    void countsEachValueInTheBucketANaiveSearchFinds() {
        double[] bounds = histogram.snapshot().boundsSeconds();
        long[] expected = new long[bounds.length];
        SplittableRandom random = new SplittableRandom(11);
        double sum = 0;
        for (int i = 0; i < 10_000; i++) {
            long nanos = (long) Math.exp(random.nextDouble(Math.log(1e3), Math.log(1e11)));
            histogram.record(nanos);
            int bucket = 0;
            while (nanos / 1e9 > bounds[bucket]) {
                bucket++;
            }
            expected[bucket]++;
            sum += nanos / 1e9;
        }
        LatencyHistogram.Snapshot snapshot = histogram.snapshot();
        assertEquals(Arrays.toString(expected), Arrays.toString(snapshot.counts()));
        assertEquals(10_000, snapshot.count());
        assertEquals(sum, snapshot.sumSeconds(), 1e-6 * sum);
    }

    @Test
    void putsAValueThatEqualsABoundIntoItsBucket() {
        histogram.record(10_000);
        histogram.record(-5);
        assertEquals(2, histogram.snapshot().counts()[0]);
        histogram.record(10_001);
        assertEquals(1, histogram.snapshot().counts()[1]);
    }

    @Test
    void boundsQuantiles() {
        assertEquals(0, histogram.snapshot().quantileSeconds(0.99));
        for (int i = 0; i < 99; i++) {
            histogram.record(900_000);
        }
        histogram.record(40_000_000);
        LatencyHistogram.Snapshot snapshot = histogram.snapshot();
        assertEquals(0.001, snapshot.quantileSeconds(0.5));
        assertEquals(0.001, snapshot.quantileSeconds(0.99));
        assertEquals(0.05, snapshot.quantileSeconds(1));
    }

    @Test
    void canBeReadWhileItIsWritten() throws InterruptedException {
        int total = 200_000;
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < total; i++) {
                                        histogram.record(i);
                                    }
                                });
        long last = 0;
        while (writer.isAlive()) {
            long count = histogram.snapshot().count();
            assertTrue(count >= last && count <= total, () -> "count " + count);
            last = count;
        }
        writer.join();
        assertEquals(total, histogram.snapshot().count());
    }
}
