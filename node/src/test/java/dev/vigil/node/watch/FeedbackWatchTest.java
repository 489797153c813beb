package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FeedbackWatchTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final Duration WITHIN = Duration.ofMillis(500);

    private final FeedbackWatch watch =
            new FeedbackWatch(
                    new OutputPlan.Feedback(
                            new SensorChannel(new SensorId("siren/on"), Quantity.CONTACT, "roof"),
                            WITHIN));

    @Test
    void aContactThatFollowsInTimeIsNoFault() {
        watch.switched(true, T0);
        watch.look(T0.plusMillis(499));
        watch.seen(true, T0.plusMillis(499));
        watch.look(T0.plusSeconds(9));
        assertNull(watch.fault());
        assertEquals(T0.plusSeconds(9), watch.provenAt());
    }

    @Test
    void aContactThatDoesNotCloseIsAFaultThatOnlyAWorkingOutputEnds() {
        watch.switched(true, T0);
        watch.look(T0.plus(WITHIN));
        assertTrue(fault().contains("siren/on did not close within 500 ms"), fault());

        watch.switched(false, T0.plusSeconds(1));
        watch.look(T0.plusSeconds(100));
        assertTrue(fault().contains("did not close"), "off proves nothing");

        watch.switched(true, T0.plusSeconds(200));
        watch.seen(true, T0.plusSeconds(200).plusMillis(20));
        assertNull(watch.fault());
    }

    @Test
    void aWireThatIsCutWhileItSoundsIsAFault() {
        watch.switched(true, T0);
        watch.seen(true, T0.plusMillis(10));
        watch.seen(false, T0.plusSeconds(5));
        watch.look(T0.plusSeconds(5).plus(WITHIN));
        assertTrue(fault().contains("did not close"), fault());
        assertEquals(T0.plusMillis(10), watch.provenAt());
    }

    @Test
    void aContactThatIsClosedWhileItIsOffIsAFaultUntilItOpens() {
        watch.seen(true, T0);
        watch.look(T0.plus(WITHIN));
        assertTrue(fault().contains("is off, but its feedback siren/on is closed"), fault());
        watch.seen(false, T0.plusSeconds(7));
        assertNull(watch.fault());
        assertNull(watch.provenAt(), "it was never on");
    }

    @Test
    void phasesShorterThanTheContactMayTakeAreNotJudged() {
        for (int i = 0; i < 50; i++) {
            Instant at = T0.plusMillis(200L * i);
            watch.switched(i % 2 == 0, at);
            watch.look(at.plusMillis(199));
        }
        assertNull(watch.fault());
    }

    @Test
    void aClockThatIsSetBackDelaysTheVerdictAndInventsNone() {
        watch.switched(true, T0);
        watch.look(T0.minusSeconds(3600));
        assertNull(watch.fault());
        watch.look(T0.minusSeconds(3600).plus(WITHIN));
        assertTrue(fault().contains("did not close"), fault());
    }

    private String fault() {
        return String.valueOf(watch.fault());
    }
}
