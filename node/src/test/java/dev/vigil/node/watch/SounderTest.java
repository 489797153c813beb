package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.Hazard;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SounderTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");

    private static final String ID = "kitchen-20261123T071502.000Z";

    private final WatchKit.RecordingOutput output = new WatchKit.RecordingOutput();

    @Test
    void soundsOnceForAnAlarmAndStopsWhenItIsAcknowledged() {
        Sounder sounder = new Sounder(output, OutputPlan.siren(Duration.ZERO));
        Incidents alarm = alarm();
        String id = alarm.open().iterator().next().id();

        assertTrue(sounder.apply(T0, alarm, true));
        assertFalse(sounder.apply(T0.plusSeconds(1), alarm, true));
        sounder.apply(T0.plusSeconds(2), alarm.acknowledge(T0, id, "tester").incidents(), true);

        assertEquals(List.of("on " + id, "off all acknowledged or closed"), output.told);
    }

    @Test
    void staysOnForItsMinimumTime() {
        Sounder sounder = new Sounder(output, OutputPlan.siren(Duration.ofSeconds(10)));
        sounder.apply(T0, alarm(), true);

        sounder.apply(T0.plusSeconds(9), Incidents.none(), true);
        assertTrue(sounder.state().on());
        sounder.apply(T0.plusSeconds(10), Incidents.none(), true);

        assertFalse(sounder.state().on());
    }

    @Test
    void aFailedSwitchIsAFaultAndIsTriedAgain() {
        FailsOnce failing = new FailsOnce();
        Sounder sounder = new Sounder(failing, OutputPlan.siren(Duration.ZERO));

        assertFalse(sounder.apply(T0, alarm(), true));
        assertNotNull(sounder.state().fault());
        assertTrue(sounder.apply(T0.plusMillis(20), alarm(), true));

        assertNull(sounder.state().fault());
    }

    @Test
    void anOutputThatIsNotThereIsAFaultBeforeAnyAlarmAndSoundsOnceItIsThere(@TempDir Path directory)
            throws IOException {
        Path folder = directory.resolve("journal");
        Files.writeString(folder, "a file where the directory should be");
        try (SimulatedSiren siren =
                new SimulatedSiren("siren", folder.resolve("siren.log"), () -> T0)) {
            Sounder sounder = new Sounder(siren, OutputPlan.siren(Duration.ZERO));

            sounder.apply(T0, Incidents.none(), true);
            assertTrue(
                    String.valueOf(sounder.state().fault()).contains("siren siren can't write to"));
            assertFalse(sounder.apply(T0.plusMillis(1), alarm(), true));
            assertNotNull(sounder.state().fault());

            Files.delete(folder);
            sounder.apply(T0.plusSeconds(2), Incidents.none(), true);
            assertNull(sounder.state().fault());
            assertTrue(sounder.apply(T0.plusSeconds(3), alarm(), true));
            assertTrue(Files.readString(folder.resolve("siren.log")).contains(" ON "));
        }
    }

    @Test
    void theSimulatedSirenWritesWhenItSoundedAndFor(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("siren.log");
        try (SimulatedSiren siren = new SimulatedSiren("siren", file, () -> T0)) {
            Sounder sounder = new Sounder(siren, OutputPlan.siren(Duration.ZERO));
            sounder.apply(T0, alarm(), true);
        }

        assertEquals(
                List.of("2026-11-23T07:15:02Z ON kitchen-20261123T071502.000Z"),
                Files.readAllLines(file));
    }

    @Test
    void whatIsSeenOrSwitchedStaysOnUntilTheAlarmIsResetWhateverIsSilenced() {
        for (OutputKind kind : OutputKind.values()) {
            WatchKit.RecordingOutput told = new WatchKit.RecordingOutput();
            Sounder sounder = new Sounder(told, plan(kind, Pattern.STEADY));
            Incidents alarm = alarm();
            String id = alarm.open().iterator().next().id();
            sounder.apply(T0, alarm, true);
            sounder.apply(T0.plusSeconds(1), alarm.acknowledge(T0, id, "tester").incidents(), true);

            boolean heard = kind == OutputKind.SIREN || kind == OutputKind.VOICE;
            assertEquals(!heard, sounder.state().on(), kind.word());
            sounder.apply(T0.plusSeconds(2), Incidents.none(), true);
            assertFalse(sounder.state().on(), kind.word());
            assertEquals(2, told.told.size(), told.told::toString);
        }
    }

    @Test
    void aPatternIsDrivenPhaseByPhaseAndCountsAsOneSounding() {
        Sounder sounder =
                new Sounder(
                        output, plan(OutputKind.SIREN, Pattern.named("temporal-3").orElseThrow()));
        Incidents alarm = alarm();
        int sounded = 0;
        int turns = 0;
        for (int millis = 0; millis < 8000; millis += 20) {
            Instant now = T0.plusMillis(millis);
            if (millis == 0 || sounder.due(now)) {
                turns++;
                sounded += sounder.apply(now, alarm, true) ? 1 : 0;
                assertTrue(sounder.state().on());
            }
        }
        assertEquals(1, sounded);
        assertEquals(12, turns, "a turn for each phase of two cycles");
        assertEquals(12, output.told.size(), output.told::toString);
    }

    @Test
    void whatIsOnForItsMinimumTimeOnlySaysSoInEachPhase() {
        Sounder sounder =
                new Sounder(
                        output,
                        new OutputPlan(
                                OutputKind.SIREN,
                                Pattern.named("pulse").orElseThrow(),
                                Duration.ofSeconds(2),
                                true,
                                Optional.empty(),
                                Optional.empty()));
        sounder.apply(T0, alarm(), true);
        Incidents acknowledged = alarm().acknowledge(T0, ID, "tester").incidents();
        for (int millis = 500; millis <= 1000; millis += 500) {
            sounder.apply(T0.plusMillis(millis), acknowledged, true);
        }
        sounder.apply(T0.plusSeconds(2), acknowledged, true);

        assertEquals(
                List.of(
                        "on " + ID,
                        "off its minimum time is not over",
                        "on its minimum time is not over",
                        "off all acknowledged or closed"),
                output.told);
    }

    @Test
    void aTestSwitchesItOnForItsTimeAndNoLonger() {
        Sounder sounder = new Sounder(output, OutputPlan.siren(Duration.ofSeconds(10)));
        sounder.test(T0, Duration.ofSeconds(2));

        assertFalse(sounder.apply(T0, Incidents.none(), true), "no alarm");
        assertTrue(sounder.state().on());
        assertFalse(sounder.due(T0.plusMillis(1999)));
        assertTrue(sounder.due(T0.plusSeconds(2)));
        sounder.apply(T0.plusSeconds(2), Incidents.none(), true);

        assertEquals(List.of("on test", "off all acknowledged or closed"), output.told);
    }

    @Test
    void anAlarmDuringATestSoundsOnAfterIt() {
        Sounder sounder = new Sounder(output, OutputPlan.siren(Duration.ZERO));
        sounder.test(T0, Duration.ofSeconds(2));
        sounder.apply(T0, Incidents.none(), true);
        assertTrue(sounder.apply(T0.plusSeconds(1), alarm(), true), "the alarm is news");
        sounder.apply(T0.plusSeconds(3), alarm(), true);
        assertTrue(sounder.state().on());
        assertEquals(List.of("on test"), output.told);
    }

    @Test
    void whatARunBeforeLeftOnGoesOffOnceItIsKnownThatNothingIsToBeOn() {
        Sounder quiet = new Sounder(output, OutputPlan.siren(Duration.ZERO));
        quiet.apply(T0, Incidents.none(), false);
        assertEquals(0, output.rests, "an alarm of before the restart may still come");
        quiet.apply(T0.plusSeconds(1), Incidents.none(), true);
        quiet.apply(T0.plusSeconds(2), Incidents.none(), true);
        assertEquals(1, output.rests);

        WatchKit.RecordingOutput other = new WatchKit.RecordingOutput();
        Sounder latched = new Sounder(other, OutputPlan.siren(Duration.ZERO));
        latched.apply(T0, alarm(), true);
        latched.apply(T0.plusSeconds(1), Incidents.none(), true);
        assertEquals(0, other.rests, "it has been switched since");
    }

    @Test
    void atItsStopItIsOffUnlessTheSiteSaysThatItStays() {
        for (boolean offAtStop : List.of(true, false)) {
            WatchKit.RecordingOutput told = new WatchKit.RecordingOutput();
            Sounder sounder =
                    new Sounder(
                            told,
                            new OutputPlan(
                                    OutputKind.VALVE,
                                    Pattern.STEADY,
                                    Duration.ZERO,
                                    offAtStop,
                                    Optional.empty(),
                                    Optional.empty()));
            sounder.apply(T0, alarm(), true);
            sounder.close(T0.plusSeconds(1));
            assertEquals(offAtStop ? "off the node stops" : "on " + ID, told.told.getLast());
        }
    }

    @Test
    void anOutputWhoseFeedbackDoesNotFollowIsAFaultAndSoundsOn() {
        SensorChannel contact =
                new SensorChannel(new SensorId("roof/siren-on"), Quantity.CONTACT, "roof");
        Sounder sounder =
                new Sounder(
                        output,
                        new OutputPlan(
                                OutputKind.SIREN,
                                Pattern.STEADY,
                                Duration.ZERO,
                                true,
                                Optional.of(
                                        new OutputPlan.Feedback(contact, Duration.ofMillis(500))),
                                Optional.empty()));
        sounder.apply(T0, alarm(), true);
        sounder.apply(T0.plusSeconds(1), alarm(), true);
        assertTrue(sounder.state().on());
        assertTrue(
                String.valueOf(sounder.state().fault()).startsWith("output siren was switched on"),
                sounder.state().fault());

        Instant later = T0.plusSeconds(2);
        sounder.feedback(List.of(new Reading(contact, 1, Quality.BAD, later)), later);
        sounder.apply(later, alarm(), true);
        assertNotNull(sounder.state().fault(), "a bad reading proves nothing");
        sounder.feedback(List.of(new Reading(contact, 1, Quality.GOOD, later)), later);
        sounder.apply(later, alarm(), true);
        assertNull(sounder.state().fault());
        assertEquals(later, sounder.state().provenAt());
    }

    private static OutputPlan plan(OutputKind kind, Pattern pattern) {
        return new OutputPlan(
                kind, pattern, Duration.ZERO, true, Optional.empty(), Optional.empty());
    }

    private static Incidents alarm() {
        Hazard hazard =
                new Hazard(
                        "heat",
                        WatchKit.KITCHEN,
                        Hazard.Change.RAISE,
                        "HEAT",
                        900,
                        Quality.GOOD,
                        60,
                        60,
                        57,
                        T0);
        return Incidents.none().observe(T0, List.of(hazard)).incidents();
    }

    private static final class FailsOnce implements Output {
        private boolean failed;

        @Override
        public String id() {
            return "siren";
        }

        @Override
        public void prepare() {}

        @Override
        public void set(boolean on, Instant now, String why) throws OutputFault {
            if (!failed) {
                failed = true;
                throw new OutputFault("siren: line 17 is not mine", new IOException("EBUSY"));
            }
        }

        @Override
        public void close() {}
    }
}
