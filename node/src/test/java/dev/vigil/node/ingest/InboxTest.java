package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final SensorChannel CHANNEL =
            new SensorChannel(new SensorId("t"), Quantity.TEMPERATURE, "z");

    @Test
    void refusesAndCountsWhatDoesNotFitInMessages() {
        Inbox inbox = new Inbox(4, 1000);
        for (int i = 0; i < inbox.capacity(); i++) {
            assertTrue(inbox.offer(readings(1)));
        }

        assertTrue(inbox.isFull());
        assertFalse(inbox.offer(readings(1)));
        assertEquals(1, inbox.refusedTotal());
    }

    @Test
    void refusesWhatDoesNotFitInRecordsAndTakesItAfterADrain() {
        Inbox inbox = new Inbox(64, 100);
        assertTrue(inbox.offer(readings(60)));
        assertTrue(inbox.offer(readings(60)), "the bound is looked at before, a pack is never cut");
        assertFalse(inbox.offer(readings(1)));

        List<Arrival> drained = new ArrayList<>();
        assertEquals(60, inbox.drain(drained, 50));

        assertTrue(inbox.offer(readings(1)));
        assertEquals(1, drained.size());
    }

    private static Arrival readings(int count) {
        Reading reading = new Reading(CHANNEL, 1, Quality.GOOD, T0);
        return new Arrival.Readings(Collections.nCopies(count, reading), T0, Acknowledgement.NONE);
    }
}
