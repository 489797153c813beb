package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.Hazard;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IncidentsTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02.120Z");
    private static final SensorChannel KITCHEN = channel("kitchen");
    private static final SensorChannel HALL = channel("hall");

    @Test
    void opensAnIncidentNamedAfterZoneAndTime() {
        var step = Incidents.none().observe(T0, List.of(raise(KITCHEN, "HEAT", 900)));

        assertEquals(List.of(IncidentChange.Kind.OPENED), kinds(step));
        assertEquals(
                "kitchen-20261123T071502.120Z", step.incidents().open().iterator().next().id());
        assertTrue(step.incidents().alarmUnacknowledged());
    }

    @Test
    void aPreWarningIsNoAlarmAndClosesByItselfAfterTheHoldTime() {
        var open = Incidents.none().observe(T0, List.of(raise(KITCHEN, "PRE", 100))).incidents();
        assertFalse(open.alarmUnacknowledged());

        var cleared = open.observe(after(5), List.of(clear(KITCHEN, "PRE"))).incidents();

        assertEquals(List.of(), kinds(cleared.tick(after(64))));
        assertEquals(List.of(IncidentChange.Kind.CLOSED), kinds(cleared.tick(after(65))));
        assertTrue(cleared.tick(after(65)).incidents().open().isEmpty());
    }

    @Test
    void escalatesToTheHigherLevelAndWantsANewAcknowledgement() {
        var pre = Incidents.none().observe(T0, List.of(raise(KITCHEN, "PRE", 100))).incidents();
        String id = pre.open().iterator().next().id();
        var known = pre.acknowledge(after(1), id, "operator").incidents();

        var step = known.observe(after(2), List.of(raise(KITCHEN, "HEAT", 900)));

        assertEquals(List.of(IncidentChange.Kind.ESCALATED), kinds(step));
        assertTrue(step.incidents().alarmUnacknowledged());
        assertEquals(id, step.incidents().open().iterator().next().id());
        assertEquals("HEAT", step.incidents().open().iterator().next().cause().code());
    }

    @Test
    void repeatedRaisesOfTheSameHazardAreNoNews() {
        var open = Incidents.none().observe(T0, List.of(raise(KITCHEN, "HEAT", 900))).incidents();

        assertEquals(
                List.of(), kinds(open.observe(after(1), List.of(raise(KITCHEN, "HEAT", 900)))));
    }

    @Test
    void hazardsOfAnotherZoneOpenAnotherIncident() {
        var step =
                Incidents.none()
                        .observe(
                                T0, List.of(raise(KITCHEN, "HEAT", 900), raise(HALL, "HEAT", 900)));

        assertEquals(2, step.incidents().open().size());
    }

    @Test
    void anAlarmStaysLatchedUntilSomebodyResetsIt() {
        var open = Incidents.none().observe(T0, List.of(raise(KITCHEN, "HEAT", 900))).incidents();
        String id = open.open().iterator().next().id();
        var cleared = open.observe(after(10), List.of(clear(KITCHEN, "HEAT"))).incidents();

        var latched = cleared.tick(after(70));

        assertEquals(List.of(IncidentChange.Kind.RETURNED), kinds(latched));
        assertEquals(
                "latched, unacknowledged", latched.incidents().open().iterator().next().state());
        assertTrue(latched.incidents().alarmUnacknowledged(), "sounds until somebody knows");
        assertEquals(
                List.of(),
                kinds(latched.incidents().tick(after(7_000))),
                "is no news every second");
        var closed = latched.incidents().reset(after(80), id, "operator");
        assertEquals(List.of(IncidentChange.Kind.CLOSED), kinds(closed));
        assertTrue(closed.incidents().open().isEmpty());
    }

    @Test
    void anActiveHazardCannotBeResetAway() {
        var open = Incidents.none().observe(T0, List.of(raise(KITCHEN, "HEAT", 900))).incidents();
        String id = open.open().iterator().next().id();

        var step = open.reset(after(1), id, "operator");

        assertEquals(List.of(), kinds(step));
        assertEquals(1, step.incidents().open().size());
    }

    @Test
    void chatterWithinTheHoldTimeIsNoNews() {
        var incidents =
                Incidents.none().observe(T0, List.of(raise(KITCHEN, "HEAT", 900))).incidents();
        for (int second = 1; second < 50; second += 2) {
            var cleared = incidents.observe(after(second), List.of(clear(KITCHEN, "HEAT")));
            assertEquals(List.of(), kinds(cleared));
            var raised =
                    cleared.incidents()
                            .observe(after(second + 1), List.of(raise(KITCHEN, "HEAT", 900)));
            assertEquals(List.of(), kinds(raised));
            incidents = raised.incidents();
        }
    }

    @Test
    void aHazardThatComesBackAfterLatchingSoundsAgainEvenWhenItWasAcknowledged() {
        var open = Incidents.none().observe(T0, List.of(raise(KITCHEN, "HEAT", 900))).incidents();
        String id = open.open().iterator().next().id();
        var latched =
                open.acknowledge(after(1), id, "operator")
                        .incidents()
                        .observe(after(2), List.of(clear(KITCHEN, "HEAT")))
                        .incidents()
                        .tick(after(100))
                        .incidents();
        assertFalse(latched.alarmUnacknowledged());

        var back = latched.observe(after(200), List.of(raise(KITCHEN, "HEAT", 900)));

        assertEquals(List.of(IncidentChange.Kind.ESCALATED), kinds(back));
        assertTrue(back.incidents().alarmUnacknowledged());
    }

    private static List<IncidentChange.Kind> kinds(Incidents.Step step) {
        return step.changes().stream().map(IncidentChange::kind).toList();
    }

    private static Instant after(int seconds) {
        return T0.plus(Duration.ofSeconds(seconds));
    }

    private static SensorChannel channel(String zone) {
        return new SensorChannel(new SensorId(zone + "/temperature"), Quantity.TEMPERATURE, zone);
    }

    private static Hazard raise(SensorChannel channel, String code, int severity) {
        return hazard(channel, Hazard.Change.RAISE, code, severity);
    }

    private static Hazard clear(SensorChannel channel, String code) {
        return hazard(channel, Hazard.Change.CLEAR, code, 0);
    }

    private static Hazard hazard(
            SensorChannel channel, Hazard.Change change, String code, int severity) {
        return new Hazard("heat", channel, change, code, severity, Quality.GOOD, 60, 60, 57, T0);
    }
}
