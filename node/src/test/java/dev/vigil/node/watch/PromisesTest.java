package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.Lane;
import dev.vigil.forward.ScriptedUplink;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.Shipper;
import dev.vigil.forward.ShipperOptions;
import dev.vigil.forward.SimulatedDisk;
import dev.vigil.node.ingest.Acknowledgement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README's promises, one test each; their long forms are WatchSimulationTest and the trials. */
class PromisesTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));

    @Test
    void detectionNeverWaits() {
        try (WatchKit kit = onSimulatedDisk()) {
            kit.turns(SECOND);
            disk.failingSyncs(true);
            disk.failingWrites(true);
            // The queue to the committer fills with what the disk does not take.
            for (int i = 0; i < 2_000; i++) {
                kit.temperature(20, Acknowledgement.NONE);
                kit.turns(Duration.ofMillis(2));
            }

            kit.temperature(71.5, Acknowledgement.NONE);
            kit.turns(SECOND);

            assertEquals(1, kit.siren.told.size(), "it sounds although nothing can be written");
        }
    }

    @Test
    void anAlarmIsDurableThoughHistoryCanNotBe(@TempDir Path directory) {
        List<String> acknowledged = new ArrayList<>();
        // ALARM has a right to the whole disk, so there is no room for HISTORY.
        WatchKit.Opener full =
                (place, now) ->
                        Journal.open(
                                JournalOptions.of(
                                        "test", place, 1L << 60, 1 << 20, Duration.ofHours(1)),
                                now);
        int told;
        try (WatchKit kit = new WatchKit(directory, T0, "heat", full)) {
            kit.turns(SECOND);
            kit.temperature(71.5, () -> acknowledged.add("fire"));
            kit.turns(SECOND);
            told = kit.records(Lane.ALARM).size();
            assertTrue(told > 0, "the alarm is not durable");

            kit.turns(SECOND);
            kit.turns(SECOND);
            assertEquals(told, kit.records(Lane.ALARM).size(), "kept again with each try");
        }
        assertEquals(List.of(), acknowledged);
        try (WatchKit kit = new WatchKit(directory, T0, "heat", full)) {
            kit.turns(SECOND);
            assertEquals(told, kit.records(Lane.ALARM).size());
        }
    }

    @Test
    void acknowledgedMeansDurable() {
        List<Double> acknowledged = new ArrayList<>();
        try (WatchKit kit = onSimulatedDisk()) {
            kit.turns(SECOND);
            for (int i = 0; i < 50; i++) {
                double value = 20 + i * 0.01;
                kit.temperature(value, () -> acknowledged.add(value));
                kit.turns(Duration.ofMillis(5));
            }
            disk.failingSyncs(true);
            kit.temperature(30, () -> acknowledged.add(30.0));
            kit.turns(Duration.ofMillis(5));
            disk.crash();
        }
        disk.restart();
        disk.failingSyncs(false);

        try (WatchKit kit = onSimulatedDisk()) {
            kit.turns(SECOND);
            assertEquals(50, acknowledged.size(), "the last one was never synced");
            List<Double> kept = new ArrayList<>();
            kit.records(Lane.HISTORY).forEach(record -> kept.add(record.value()));
            assertEquals(acknowledged, kept.subList(0, 50));
        }
    }

    @Test
    void everyRecordHasAGaplessSequence() {
        for (int run = 0; run < 4; run++) {
            try (WatchKit kit = onSimulatedDisk()) {
                kit.turns(SECOND);
                for (int i = 0; i < 30; i++) {
                    kit.temperature(20, Acknowledgement.NONE);
                    kit.turns(Duration.ofMillis(5));
                }
                kit.temperature(21, Acknowledgement.NONE);
                kit.pipeline.turn(kit.now); // and never written
                disk.crash();
            }
            disk.restart();
        }
        try (WatchKit kit = onSimulatedDisk()) {
            kit.turns(SECOND);
            long sequence = 0;
            var block = kit.journal().next(Lane.HISTORY, 0);
            while (block.isPresent()) {
                assertEquals(sequence + 1, block.get().firstSequence());
                sequence = block.get().lastSequence();
                block = kit.journal().next(Lane.HISTORY, sequence);
            }
            assertEquals(4 * 30, sequence);
        }
    }

    @Test
    void aNewAlarmOvertakesAnyBacklog() {
        ScriptedUplink uplink = new ScriptedUplink(new Random(2), T0);
        try (WatchKit kit = onSimulatedDisk()) {
            kit.turns(SECOND);
            for (int i = 0; i < 500; i++) {
                kit.temperature(20, Acknowledgement.NONE);
                kit.turns(Duration.ofMillis(5));
            }
            Shipper shipper =
                    new Shipper(
                            kit.journal(),
                            uplink,
                            ShipperOptions.defaults(),
                            new Random(3),
                            kit.now);
            kit.temperature(71.5, Acknowledgement.NONE);
            kit.turns(Duration.ofMillis(5));
            while (kit.journal().state(Lane.HISTORY).undeliveredRecords() > 0) {
                kit.turns(Duration.ofMillis(20));
                uplink.at(kit.now);
                shipper.turn(kit.now);
            }
        }

        Block first = uplink.arrivals().getFirst().block();
        assertEquals(Lane.ALARM, first.stream().lane());
        assertTrue(BlockCodec.decode(first).getFirst().name().startsWith("alarm/kitchen-"));
    }

    @Test
    void aPolicyCanFailOnlyLoudly(@TempDir Path directory) throws IOException {
        Path garbage = Files.writeString(directory.resolve("heat.wasm"), "<html>404</html>");
        try (WatchKit kit = onSimulatedDisk(garbage.toString())) {
            kit.turns(SECOND);
            kit.temperature(71.5, Acknowledgement.NONE);
            kit.turns(SECOND);
            kit.turns(SECOND);

            assertFalse(kit.siren.told.isEmpty(), "the built-in rule watches in its place");
            List<String> names = kit.records(Lane.ALARM).stream().map(SenmlRecord::name).toList();
            assertTrue(names.contains("fault/policy/heat"), () -> names.toString());
        }
    }

    private WatchKit onSimulatedDisk() {
        return onSimulatedDisk("heat");
    }

    private WatchKit onSimulatedDisk(String module) {
        return new WatchKit(
                Path.of(""),
                T0,
                module,
                (_, now) ->
                        Journal.open(
                                new JournalOptions(
                                        "test",
                                        disk.directory(),
                                        8 << 20,
                                        64 << 20,
                                        Duration.ofHours(24),
                                        1 << 20,
                                        8 << 20),
                                now));
    }
}
