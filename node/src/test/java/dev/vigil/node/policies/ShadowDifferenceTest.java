package dev.vigil.node.policies;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicyFailure;
import dev.vigil.policy.Verdict;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ShadowDifferenceTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private final ShadowDifference difference = new ShadowDifference();

    @Test
    void anAlarmOfTheNewVersionAloneIsALine() {
        difference.candidate(raise("hall", "HOT", 0));
        difference.armed(new Judgement("p", new Verdict.Normal()));

        same(1, 0, 0, "only new   2026-11-23T12:00:00Z hall/temperature HOT");
    }

    @Test
    void anAlarmOfTheArmedVersionAloneIsALine() {
        difference.candidate(new Judgement("p", new Verdict.Normal()));
        difference.armed(raise("hall", "HOT", 0));

        same(0, 1, 0, "only armed 2026-11-23T12:00:00Z hall/temperature HOT");
    }

    @Test
    void anAlarmOfBothAtTheSameTimeIsCountedAndNoLine() {
        difference.candidate(raise("hall", "HOT", 0));
        difference.armed(raise("hall", "HOT", 0));

        same(0, 0, 1);
    }

    @Test
    void anAlarmOfBothAtOtherTimesIsALineThatSaysByHowMuch() {
        difference.armed(raise("hall", "HOT", 0));
        difference.candidate(raise("hall", "HOT", 12));
        difference.candidate(raise("shed", "HOT", 0));
        difference.armed(raise("shed", "HOT", 300));

        same(
                0,
                0,
                2,
                "both       2026-11-23T12:00:12Z hall/temperature HOT, new 12.0 s later",
                "both       2026-11-23T12:00:00Z shed/temperature HOT, new 300.0 s earlier");
    }

    @Test
    void anotherCodeAnotherSensorAndMoreThanFiveMinutesAreOtherAlarms() {
        difference.armed(raise("hall", "HOT", 0));
        difference.candidate(raise("hall", "RISE", 0));
        difference.candidate(raise("shed", "HOT", 0));
        difference.candidate(raise("hall", "HOT", 301));

        same(
                3,
                1,
                0,
                "only new   2026-11-23T12:00:00Z hall/temperature RISE",
                "only new   2026-11-23T12:00:00Z shed/temperature HOT",
                "only new   2026-11-23T12:05:01Z hall/temperature HOT",
                "only armed 2026-11-23T12:00:00Z hall/temperature HOT");
    }

    @Test
    void aNewVersionThatFailsIsSaidAloud() {
        difference.candidate(
                new Judgement(
                        "p",
                        new Verdict.Undecided(
                                new PolicyFailure(PolicyFailure.Kind.FUEL, "too much"),
                                List.of(),
                                Optional.empty())));

        assertEquals(
                "raised only by the new version 0, only by the armed one 0, by both 0; the new version FAILED on 1 batches",
                difference.summary().text());
    }

    @Test
    void whatIsTooMuchToCompareIsCountedAndTwentyLinesAreShown() {
        for (int i = 0; i < 1_005; i++) {
            difference.candidate(raise("hall-" + i, "HOT", i));
        }

        ShadowDifference.Summary summary = difference.summary();
        assertEquals(1_000, summary.onlyNew());
        assertEquals(5, summary.uncounted());
        assertEquals(20, summary.lines().size());
    }

    private void same(long onlyNew, long onlyOld, long both, String... lines) {
        assertEquals(
                new ShadowDifference.Summary(onlyNew, onlyOld, both, 0, 0, List.of(lines)),
                difference.summary());
    }

    private static Judgement raise(String zone, String code, long second) {
        SensorChannel channel =
                new SensorChannel(new SensorId(zone + "/temperature"), Quantity.TEMPERATURE, zone);
        return new Judgement(
                "p",
                new Verdict.Hazardous(
                        List.of(
                                new Hazard(
                                        "p",
                                        channel,
                                        Hazard.Change.RAISE,
                                        code,
                                        700,
                                        Quality.GOOD,
                                        1,
                                        80,
                                        60,
                                        START.plusSeconds(second)))));
    }
}
