package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.Hazard;
import dev.vigil.sensor.Quality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SounderTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");

    private final WatchKit.RecordingOutput output = new WatchKit.RecordingOutput();

    @Test
    void soundsOnceForAnAlarmAndStopsWhenItIsAcknowledged() {
        Sounder sounder = new Sounder(output, Duration.ZERO);
        Incidents alarm = alarm();
        String id = alarm.open().iterator().next().id();

        assertTrue(sounder.apply(T0, alarm));
        assertFalse(sounder.apply(T0.plusSeconds(1), alarm));
        sounder.apply(T0.plusSeconds(2), alarm.acknowledge(T0, id, "tester").incidents());

        assertEquals(List.of("on " + id, "off all acknowledged or closed"), output.told);
    }

    @Test
    void staysOnForItsMinimumTime() {
        Sounder sounder = new Sounder(output, Duration.ofSeconds(10));
        sounder.apply(T0, alarm());

        sounder.apply(T0.plusSeconds(9), Incidents.none());
        assertTrue(sounder.state().on());
        sounder.apply(T0.plusSeconds(10), Incidents.none());

        assertFalse(sounder.state().on());
    }

    @Test
    void aFailedSwitchIsAFaultAndIsTriedAgain() {
        FailsOnce failing = new FailsOnce();
        Sounder sounder = new Sounder(failing, Duration.ZERO);

        assertFalse(sounder.apply(T0, alarm()));
        assertNotNull(sounder.state().fault());
        assertTrue(sounder.apply(T0.plusMillis(20), alarm()));

        assertNull(sounder.state().fault());
    }

    @Test
    void anOutputThatIsNotThereIsAFaultBeforeAnyAlarmAndSoundsOnceItIsThere(@TempDir Path directory)
            throws IOException {
        Path folder = directory.resolve("journal");
        Files.writeString(folder, "a file where the directory should be");
        try (SimulatedSiren siren =
                new SimulatedSiren("siren", folder.resolve("siren.log"), () -> T0)) {
            Sounder sounder = new Sounder(siren, Duration.ZERO);

            sounder.apply(T0, Incidents.none());
            assertTrue(
                    String.valueOf(sounder.state().fault()).contains("siren siren can't write to"));
            assertFalse(sounder.apply(T0.plusMillis(1), alarm()));
            assertNotNull(sounder.state().fault());

            Files.delete(folder);
            sounder.apply(T0.plusSeconds(2), Incidents.none());
            assertNull(sounder.state().fault());
            assertTrue(sounder.apply(T0.plusSeconds(3), alarm()));
            assertTrue(Files.readString(folder.resolve("siren.log")).contains(" ON "));
        }
    }

    @Test
    void theSimulatedSirenWritesWhenItSoundedAndFor(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("siren.log");
        try (SimulatedSiren siren = new SimulatedSiren("siren", file, () -> T0)) {
            Sounder sounder = new Sounder(siren, Duration.ZERO);
            sounder.apply(T0, alarm());
        }

        assertEquals(
                List.of("2026-11-23T07:15:02Z ON kitchen-20261123T071502.000Z"),
                Files.readAllLines(file));
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
