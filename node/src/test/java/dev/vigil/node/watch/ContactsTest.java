package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.policy.Hazard;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContactsTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final SensorChannel DOOR =
            new SensorChannel(new SensorId("hall/door"), Quantity.CONTACT, "hall");

    private final Contacts contacts =
            new Contacts(Map.of(WatchKit.CALL_POINT, ContactMeaning.CALL_POINT));

    private static Reading of(SensorChannel channel, double value, Quality quality) {
        return new Reading(channel, value, quality, T0);
    }

    private List<Hazard.Change> judge(double value, Quality quality) {
        return contacts.judge(List.of(of(WatchKit.CALL_POINT, value, quality)), true).stream()
                .map(Hazard::change)
                .toList();
    }

    @Test
    void aClosedCallPointIsASevereHazardUntilItOpens() {
        Hazard raised =
                contacts.judge(List.of(of(WatchKit.CALL_POINT, 1, Quality.GOOD)), true).getFirst();
        assertEquals("CALL_POINT", raised.code());
        assertEquals(Hazard.Level.SEVERE, raised.level());
        assertEquals(List.of(), judge(1, Quality.GOOD));
        assertEquals(List.of(Hazard.Change.CLEAR), judge(0, Quality.GOOD));
        assertEquals(List.of(), judge(0, Quality.GOOD));
    }

    @Test
    void aPulseThatIsOverAlreadyWasThere() {
        assertEquals(
                List.of(Hazard.Change.RAISE, Hazard.Change.CLEAR),
                contacts
                        .judge(
                                List.of(
                                        of(WatchKit.CALL_POINT, 1, Quality.GOOD),
                                        of(WatchKit.CALL_POINT, 0, Quality.GOOD)),
                                true)
                        .stream()
                        .map(Hazard::change)
                        .toList());
    }

    @Test
    void aBadReadingNeitherRaisesNorClears() {
        assertEquals(List.of(), judge(1, Quality.BAD));
        assertEquals(List.of(Hazard.Change.RAISE), judge(1, Quality.UNCERTAIN));
        assertEquals(List.of(), judge(0, Quality.BAD));
    }

    @Test
    void aContactWithoutAMeaningIsOnlyRecorded() {
        assertEquals(List.of(), contacts.judge(List.of(of(DOOR, 1, Quality.GOOD)), true));
    }

    @Test
    void whatIsClosedAtTheStartWaitsUntilTheAlarmsOfBeforeAreKnown() {
        List<Reading> closed = List.of(of(WatchKit.CALL_POINT, 1, Quality.GOOD));
        assertEquals(List.of(), contacts.judge(closed, false));
        assertEquals(List.of(), contacts.judge(closed, false));
        assertEquals(Hazard.Change.RAISE, contacts.judge(List.of(), true).getFirst().change());
        assertEquals(List.of(), contacts.judge(closed, true));
    }

    @Test
    void whatClosesWhileTheAlarmsOfBeforeAreNotKnownIsRaisedAtOnce() {
        contacts.judge(List.of(of(WatchKit.CALL_POINT, 0, Quality.GOOD)), false);
        assertEquals(
                1, contacts.judge(List.of(of(WatchKit.CALL_POINT, 1, Quality.GOOD)), false).size());
    }
}
