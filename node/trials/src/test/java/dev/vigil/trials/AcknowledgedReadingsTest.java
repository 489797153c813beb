package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.SenmlRecord;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcknowledgedReadingsTest {
    private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_050L);

    private final AcknowledgedReadings readings = new AcknowledgedReadings();

    @Test
    void eachReadingOnceWithItsValueIsExactlyOnce() {
        acknowledged("a", 1.5);
        acknowledged("b", 2.5);
        assertFalse(readings.complete());

        arrived("a", 1.5, AT);
        arrived("b", 2.5, AT.plusNanos(1_000)); // a double's seconds are good to a microsecond

        assertTrue(readings.complete());
        assertTrue(readings.compare().exactlyOnce());
        assertEquals(2, readings.compare().once());
    }

    @Test
    void tellsWhatIsMissingRepeatedWrongAndUnknown() {
        acknowledged("missing", 1);
        acknowledged("repeated", 1);
        acknowledged("wrong", 1);
        arrived("repeated", 1, AT);
        arrived("repeated", 1, AT);
        arrived("wrong", 2, AT);
        arrived("unknown", 1, AT);

        AcknowledgedReadings.Comparison compared = readings.compare();

        assertFalse(compared.exactlyOnce());
        assertEquals(List.of(key("missing")), compared.missing());
        assertEquals(List.of(key("repeated")), compared.repeated());
        assertEquals(List.of(key("wrong")), compared.wrong());
        assertEquals(List.of(key("unknown")), compared.unknown());
    }

    private void acknowledged(String channel, double value) {
        readings.acknowledged(key(channel), value);
    }

    private void arrived(String channel, double value, Instant at) {
        readings.arrived(SenmlRecord.number(channel, "m", value, null, at));
    }

    private static AcknowledgedReadings.Key key(String channel) {
        return new AcknowledgedReadings.Key(channel, AT);
    }
}
