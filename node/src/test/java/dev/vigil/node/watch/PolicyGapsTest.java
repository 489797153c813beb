package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.SenmlRecord;
import dev.vigil.policy.PolicyFailure;
import dev.vigil.policy.PolicyGap;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyGapsTest {
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
    private static final String STREAM = "node/abc/HISTORY";

    private final PolicyGaps gaps = new PolicyGaps(STREAM);

    private static PolicyGap gap(String policy, long first, long last) {
        return new PolicyGap(policy, PolicyFailure.Kind.DEADLINE, first, last);
    }

    private void hear(PolicyGap gap) {
        gaps.hear(PolicyGaps.gap(gap, STREAM, AT));
    }

    @Test
    void whatWasRecordedIsFoundAgain() {
        hear(gap("heat", 7, 9));
        gaps.hear(AlarmRecord.fault("policy/heat", "it failed", true, AT));
        gaps.hear(SenmlRecord.text("policy-gap/heat", "{\"half\":", AT));
        hear(gap("smoke", 1, 1));

        assertEquals(List.of(gap("heat", 7, 9), gap("smoke", 1, 1)), gaps.all());
    }

    @Test
    void aGapInAnotherStreamIsNone() {
        gaps.hear(PolicyGaps.gap(gap("heat", 7, 9), "node/def/HISTORY", AT));

        assertEquals(List.of(), gaps.all());
    }

    @Test
    void readingsThatWereLostWithTheirNumbersAreNotMissingWhenTheNumbersAreGivenAnew() {
        hear(gap("heat", 7, 9));
        hear(gap("heat", 10, 12));
        PolicyGaps later = new PolicyGaps(STREAM);
        later.hear(PolicyGaps.gap(gap("heat", 7, 9), STREAM, AT));
        later.hear(PolicyGaps.gap(gap("heat", 10, 12), STREAM, AT));

        assertTrue(gaps.forget(8), "the journal ends with 8");
        later.hear(gaps.cut(8, AT));
        later.hear(PolicyGaps.gap(gap("heat", 11, 11), STREAM, AT));

        assertEquals(List.of(gap("heat", 7, 8)), gaps.all());
        assertEquals(List.of(gap("heat", 7, 8), gap("heat", 11, 11)), later.all());
        assertFalse(later.forget(11));
    }

    @Test
    void theNewestAreKeptOfTooMany() {
        for (int i = 0; i < 5_000; i++) {
            hear(gap("heat", i, i));
        }

        assertEquals(4_096, gaps.all().size());
        assertEquals(gap("heat", 4_999, 4_999), gaps.all().getLast());
    }
}
