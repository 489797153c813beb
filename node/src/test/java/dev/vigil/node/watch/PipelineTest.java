package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir Path directory;

    @Test
    void aHotReadingOpensAnIncidentAndSoundsTheSirenBeforeAnythingIsWritten() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            kit.temperature(71.5, Acknowledgement.NONE);

            kit.pipeline.turn(kit.now);

            assertEquals(1, kit.siren.told.size());
            assertEquals(IncidentChange.Kind.OPENED, kit.changes.getFirst().kind());
            assertTrue(kit.records(Lane.ALARM).isEmpty(), "nothing is written before it sounds");
            kit.turns(SECOND);
            assertTrue(kit.records(Lane.ALARM).getFirst().name().startsWith("alarm/kitchen-"));
            assertEquals(71.5, kit.records(Lane.HISTORY).getFirst().value());
        }
    }

    @Test
    void aPulledCallPointSoundsTheSirenWithoutAPolicy() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            kit.inbox.offer(
                    new Arrival.Readings(
                            List.of(new Reading(WatchKit.CALL_POINT, 1, Quality.GOOD, kit.now)),
                            kit.now,
                            Acknowledgement.NONE));

            kit.pipeline.turn(kit.now);

            assertTrue(kit.siren.told.getFirst().startsWith("on hall-"), kit.siren.told::toString);
            assertEquals("CALL_POINT", kit.changes.getFirst().incident().cause().code());
        }
    }

    @Test
    void anOutputIsTestedWithoutAnAlarmAndWithARecordOfWhoDidIt() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            kit.inbox.offer(
                    new Arrival.OutputTest("siren", Duration.ofSeconds(3), "anna", kit.now));
            kit.turns(Duration.ZERO);
            assertEquals(List.of("on test"), kit.siren.told);
            kit.turns(Duration.ofMillis(2500));
            kit.turns(Duration.ofMillis(500));
            assertEquals(2, kit.siren.told.size(), kit.siren.told::toString);
            assertTrue(kit.changes.isEmpty());
            SenmlRecord record = kit.records(Lane.ALARM).getFirst();
            assertEquals("output/siren", record.name());
            assertTrue(String.valueOf(record.text()).contains("\"by\":\"anna\""), record.text());
        }
    }

    @Test
    void aCallPointThatIsReleasedCanBeResetAtOnce() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            for (int closed = 1; closed >= 0; closed--) {
                kit.inbox.offer(
                        new Arrival.Readings(
                                List.of(
                                        new Reading(
                                                WatchKit.CALL_POINT,
                                                closed,
                                                Quality.GOOD,
                                                kit.now)),
                                kit.now,
                                Acknowledgement.NONE));
                kit.pipeline.turn(kit.now);
            }

            Incident released = kit.board.incidents().open().stream().findFirst().orElseThrow();
            assertTrue(released.active().isEmpty(), released::toString);
        }
    }

    @Test
    void aTroubleOfTheNodesOwnHardwareIsAFaultWithABeginningAndAnEnd() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            kit.inbox.offer(new Arrival.Trouble("bus/i2c-1", "hangs", kit.now));
            kit.turns(SECOND);
            kit.inbox.offer(new Arrival.Trouble("bus/i2c-1", "hangs", kit.now));
            kit.turns(SECOND);
            kit.turns(Faults.QUIET);

            List<String> told =
                    kit.records(Lane.ALARM).stream()
                            .filter(record -> record.name().equals("fault/bus/i2c-1"))
                            .map(record -> String.valueOf(record.text()))
                            .toList();
            assertEquals(2, told.size(), told::toString);
            assertTrue(told.getFirst().contains("\"active\":true"), told::toString);
            assertTrue(told.getLast().contains("\"active\":false"), told::toString);
        }
    }

    @Test
    void aSenderIsAcknowledgedOnlyAfterTheSync() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            List<String> acknowledged = new ArrayList<>();
            kit.temperature(20, () -> acknowledged.add("a"));
            kit.temperature(21, () -> acknowledged.add("b"));

            kit.pipeline.turn(kit.now);
            assertEquals(List.of(), acknowledged);
            kit.committer.turn(kit.now);

            assertEquals(List.of("a", "b"), acknowledged);
        }
    }

    @Test
    void withoutAJournalReadingsAreJudgedAndTheirSendersToldToKeepThem() {
        try (WatchKit kit =
                new WatchKit(
                        directory.resolve("a-file"),
                        T0,
                        "heat",
                        (path, now) -> WatchKit.open(blocked(path), now))) {
            kit.turns(SECOND);
            Told told = new Told();
            kit.temperature(71.5, told);

            kit.turns(SECOND);

            assertEquals(1, kit.siren.told.size());
            assertFalse(told.durable);
            assertTrue(told.refused);
            String fault = kit.committer.fault();
            assertTrue(fault != null && fault.contains("a-file"), "names the path: " + fault);
        }
    }

    @Test
    void alarmsRaisedBeforeTheJournalOpensAreInItAfterwards() throws Exception {
        Path blocked = directory.resolve("a-file");
        java.nio.file.Files.createFile(blocked);
        try (WatchKit kit = new WatchKit(blocked, T0)) {
            kit.turns(SECOND);
            kit.temperature(71.5, Acknowledgement.NONE);
            kit.turns(SECOND);
            java.nio.file.Files.delete(blocked);

            kit.turns(SECOND);
            kit.turns(SECOND);

            assertTrue(
                    kit.records(Lane.ALARM).stream()
                            .anyMatch(record -> record.name().startsWith("alarm/kitchen-")));
        }
    }

    @Test
    void anUnacknowledgedAlarmSoundsAgainAfterARestartAndAnAcknowledgedOneDoesNot() {
        String id;
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            kit.temperature(71.5, Acknowledgement.NONE);
            kit.turns(SECOND);
            kit.turns(SECOND);
            id = kit.changes.getFirst().incident().id();
        }
        try (WatchKit kit = new WatchKit(directory, T0.plusSeconds(60))) {
            kit.turns(SECOND);
            kit.turns(SECOND);
            assertEquals(List.of("on " + id), kit.siren.told);
            kit.inbox.offer(
                    new Arrival.Operator(
                            id, Arrival.Operator.Action.ACKNOWLEDGE, "tester", kit.now));
            kit.turns(SECOND);
            kit.turns(SECOND);
            assertEquals(2, kit.siren.told.size());
        }
        try (WatchKit kit = new WatchKit(directory, T0.plusSeconds(120))) {
            kit.turns(SECOND);
            kit.turns(SECOND);
            assertEquals(List.of(), kit.siren.told);
        }
    }

    /** 85 degrees from nowhere is a DS18B20 that was just switched on, not a fire. */
    @Test
    void whatCanNotBeAMeasurementSoundsNothingIsKeptAndIsAFaultThatEnds() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            kit.temperature(85, Acknowledgement.NONE);
            kit.turns(SECOND);
            kit.temperature(21, Acknowledgement.NONE);
            kit.turns(SECOND);
            kit.turns(Faults.QUIET.plus(SECOND));
            kit.turns(SECOND);

            assertEquals(List.of(), kit.siren.told);
            assertEquals("BAD", kit.records(Lane.HISTORY).getFirst().quality());
            assertEquals(85, kit.records(Lane.HISTORY).getFirst().value());
            List<SenmlRecord> faults = kit.records(Lane.ALARM);
            assertEquals(2, faults.size(), faults::toString);
            assertEquals("fault/sensor/kitchen/temperature:power-on", faults.getFirst().name());
            assertTrue(String.valueOf(faults.getFirst().text()).contains("\"active\":true"));
            assertTrue(String.valueOf(faults.getLast().text()).contains("\"active\":false"));
        }
    }

    @Test
    void aSensorThatCanNotBeReadIsAFaultUntilItCan() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(SECOND);
            kit.inbox.offer(
                    new Arrival.Unreadable(List.of(WatchKit.KITCHEN), "its id is 0x58", kit.now));
            kit.turns(SECOND);
            kit.turns(Faults.QUIET.plus(SECOND));
            kit.turns(SECOND);
            assertEquals(1, kit.records(Lane.ALARM).size(), "it lasts");
            kit.temperature(21, Acknowledgement.NONE);
            kit.turns(SECOND);
            kit.turns(Faults.QUIET.plus(SECOND));
            kit.turns(SECOND);
            assertEquals(2, kit.records(Lane.ALARM).size());
        }
    }

    @Test
    void aSilentSensorIsAFaultAndNotSilence() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            for (int second = 0; second < 302; second++) {
                kit.turns(SECOND);
            }
            kit.turns(SECOND);
            assertTrue(
                    kit.records(Lane.ALARM).stream()
                            .anyMatch(r -> r.name().endsWith("temperature:stale")));
        }
    }

    private static Path blocked(Path path) {
        try {
            java.nio.file.Files.write(path, new byte[] {1});
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return path;
    }

    /** Remembers which of the two it was told. */
    private static final class Told implements Acknowledgement {
        boolean durable;
        boolean refused;

        @Override
        public void durable() {
            durable = true;
        }

        @Override
        public void refused(String reason) {
            refused = true;
        }
    }
}
