package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The parts of the trials that read and count. */
class SmallPartsTest {
    @Test
    void aSirensLinesAreTimeStateAndReason() {
        List<SirenFile.Switched> lines =
                SirenFile.parse(
                        """
                        2026-11-23T07:15:02.120331Z ON kitchen-20261123T071502.119Z
                        2026-11-23T07:15:12Z OFF all acknowledged or closed
                        """);

        assertEquals(Instant.parse("2026-11-23T07:15:02.120331Z"), lines.get(0).at());
        assertTrue(lines.get(0).on());
        assertEquals("kitchen-20261123T071502.119Z", lines.get(0).why());
        assertEquals("all acknowledged or closed", lines.get(1).why());
        assertThrows(TrialFailure.class, () -> SirenFile.parse("2026-11-23T07:15:02Z LOUD\n"));
    }

    @Test
    void metricsAreSummedOverTheirLabels() {
        NodeMetrics metrics =
                NodeMetrics.parse(
                        """
                        # HELP vigil_buffer_records waiting
                        # TYPE vigil_buffer_records gauge
                        vigil_buffer_records{lane="alarm"} 3.0
                        vigil_buffer_records{lane="history"} 1.2E3
                        vigil_buffer_records_else 7.0
                        vigil_link_up{link="kafka"} 0.0
                        """);

        assertEquals(1203, metrics.waitingRecords());
        assertEquals(3, metrics.sum("vigil_buffer_records", "lane=\"alarm\""));
    }

    @Test
    void aHistogramBetweenTwoMomentsHasSharesAndBounds() {
        NodeMetrics before = histogram(3, 4, 4);
        BucketCounts counts = BucketCounts.between(before, histogram(53, 103, 104), "v_seconds");

        assertEquals(100, counts.count());
        assertEquals(0.5, counts.within(5.0E-4));
        assertEquals("<= 0.5 ms", counts.quantile(0.5));
        assertEquals("<= 20 ms", counts.quantile(0.51));
        assertEquals("> 20 ms", counts.quantile(1));
    }

    @Test
    void aHistogramThatIsMissingOrEmptyHasNoQuantile() {
        NodeMetrics none = NodeMetrics.parse("");
        assertThrows(TrialFailure.class, () -> BucketCounts.between(none, none, "v_seconds"));
        NodeMetrics same = histogram(3, 4, 4);
        BucketCounts counts = BucketCounts.between(same, same, "v_seconds");
        assertThrows(IllegalArgumentException.class, () -> counts.quantile(0.5));
    }

    private static NodeMetrics histogram(int half, int twenty, int all) {
        return NodeMetrics.parse(
                """
                v_seconds_bucket{le="5.0E-4"} %d.0
                v_seconds_bucket{le="0.02"} %d.0
                v_seconds_bucket{le="+Inf"} %d.0
                v_seconds_count %d.0
                """
                        .formatted(half, twenty, all, all));
    }

    @Test
    void percentilesAreMeasuredValuesByNearestRank() {
        long[] nanos = new long[1000];
        for (int i = 0; i < 1000; i++) {
            nanos[i] = (1000 - i) * 1_000_000L;
        }
        Percentiles percentiles = new Percentiles(nanos);

        assertEquals(500_000_000, percentiles.at(0.5));
        assertEquals(990_000_000, percentiles.at(0.99));
        assertEquals(999_000_000, percentiles.at(0.999));
        assertEquals("1000.0 ms", Percentiles.millis(percentiles.at(1)));
    }

    @Test
    void killMomentsComeFromTheirSeed() {
        List<KillMoment> moments = KillMoment.seeded(1, 50);

        assertEquals(moments, KillMoment.seeded(1, 50));
        assertNotEquals(moments, KillMoment.seeded(2, 50));
        assertTrue(moments.stream().anyMatch(KillMoment::flipKafka));
        assertTrue(moments.stream().anyMatch(m -> m.attempts() < Integer.MAX_VALUE));
    }

    @Test
    void theTimelineShowsWallAndFire() {
        Instant zero = Instant.parse("2026-11-23T07:00:00Z");
        PrintStream out =
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Timeline timeline = new Timeline(out, zero);
        timeline.fireStarts(zero.plusSeconds(10), 20, Duration.ofSeconds(200));

        assertEquals("   4.0 s       -   a", timeline.line(zero.plusSeconds(4), "a"));
        assertEquals("  14.5 s    1:30   b", timeline.line(zero.plusMillis(14_500), "b"));
        assertEquals("  25.0 s    over   c", timeline.line(zero.plusSeconds(25), "c"));
    }

    @Test
    void theFirstRealAlarmOfEachTypeIsTaken() {
        RealAlarms alarms =
                RealAlarms.parse(
                        List.of(
                                "SDC02,Pho1,photoelectric,A,154.0",
                                "SDC02,Ion1,ionization,B,70.0",
                                "SDC02,Ion2,ionization,E,24.0",
                                "SDC07,Ion2,ionization,E,1.0"),
                        "SDC02");

        assertEquals(
                List.of(
                        new RealAlarms.Alarm("ionization", "E", Duration.ofSeconds(24)),
                        new RealAlarms.Alarm("photoelectric", "A", Duration.ofSeconds(154))),
                alarms.firstOfEachType());
    }
}
