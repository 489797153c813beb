package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Lane;
import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.sensor.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainTestTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final Duration EVERY = Duration.ofSeconds(10);

    @TempDir Path directory;

    private final SelfTestSensor sensor = new SelfTestSensor(EVERY);

    @Test
    void eachSyntheticReadingGoesThroughPolicyAndOutputsAndLeavesNothingBehind() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            for (int i = 1; i <= 30; i++) {
                kit.turns(EVERY);
                offer(kit);
                kit.turns(Duration.ZERO);
                assertEquals(i, kit.chain.state().passed(), kit.chain.state()::toString);
                assertEquals(kit.now, kit.chain.state().passedAt());
            }
            assertEquals(30, kit.selfTests.size());
            assertTrue(kit.siren.told.isEmpty(), kit.siren.told::toString);
            assertTrue(kit.changes.isEmpty(), "no incident");
            assertEquals(List.of(), kit.records(Lane.ALARM), "no record");
            assertEquals(List.of(), kit.records(Lane.HISTORY), "no record");
        }
    }

    @Test
    void aReadingThatThePolicyDoesNotFindHazardousIsAFailedTestAndAFault() {
        try (WatchKit kit = new WatchKit(directory, T0)) {
            kit.turns(EVERY);
            List<Reading> cool = List.of(sensor.sample(kit.now).getFirst());
            kit.inbox.offer(new Arrival.Readings(cool, kit.now, Acknowledgement.NONE));
            kit.turns(Duration.ZERO);

            assertEquals(0, kit.chain.state().passed());
            assertEquals(1, kit.chain.state().failed());
            assertNull(kit.chain.state().passedAt());
            assertEquals("fault/self-test", kit.records(Lane.ALARM).getFirst().name());

            kit.turns(EVERY);
            offer(kit);
            kit.turns(Duration.ZERO);
            assertNull(kit.chain.state().failure());
        }
    }

    @Test
    void outputsThatMayMoveAreSwitchedOnWithItAsOftenAsTheSiteSaysAndNotAtTheStart() {
        ChainTest chain = new ChainTest(Duration.ofHours(1));
        WatchKit.RecordingOutput told = new WatchKit.RecordingOutput();
        Sounder sounder =
                new Sounder(
                        told,
                        new OutputPlan(
                                OutputKind.STROBE,
                                Pattern.STEADY,
                                Duration.ofSeconds(10),
                                true,
                                Optional.empty(),
                                Optional.of(Duration.ofMillis(200))));
        List<Instant> moved = new ArrayList<>();
        for (Instant now = T0; now.isBefore(T0.plusSeconds(2 * 3600 + 5)); now = now.plus(EVERY)) {
            chain.judge(now, sensor.sample(now));
            if (chain.movesOutputs(now)) {
                moved.add(now);
                sounder.selfTest(now);
            }
            sounder.apply(now, Incidents.none(), true);
            chain.finish(now);
            sounder.apply(now.plusMillis(200), Incidents.none(), true);
        }
        chain.close();
        assertEquals(List.of(T0.plusSeconds(3600), T0.plusSeconds(7200)), moved);
        assertEquals(
                List.of(
                        "on test",
                        "off all acknowledged or closed",
                        "on test",
                        "off all acknowledged or closed"),
                told.told);
    }

    private void offer(WatchKit kit) {
        kit.inbox.offer(
                new Arrival.Readings(sensor.sample(kit.now), kit.now, Acknowledgement.NONE));
    }
}
