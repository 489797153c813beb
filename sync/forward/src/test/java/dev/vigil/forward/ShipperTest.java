package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShipperTest {
    @TempDir private Path directory;
    private final Random random = new Random(1);
    private Instant now = Samples.START;
    private Journal journal;
    private ScriptedUplink uplink;
    private Shipper shipper;

    @BeforeEach
    void open() {
        journal =
                Journal.open(
                        JournalOptions.of(
                                "gw-01", directory, 4_000_000, 40_000_000, Duration.ofHours(1)),
                        now);
        uplink = new ScriptedUplink(random, now);
        shipper = shipper();
    }

    @AfterEach
    void close() {
        shipper.close();
        journal.close();
    }

    @Test
    void deliversAndAcknowledgesInOrder() {
        append(Lane.HISTORY, 30);
        turns(50);
        assertEquals(30, journal.acknowledged(Lane.HISTORY));
        assertEquals(LinkState.Status.UP, shipper.link().status());
        assertEquals(30, shipper.link().deliveredRecords());
        assertEquals(0, journal.state(Lane.HISTORY).undeliveredRecords());
    }

    @Test
    void aNewAlarmOvertakesABacklogOfHistory() {
        append(Lane.HISTORY, 1);
        turns(50);
        uplink.misbehave(0, 0, Duration.ofSeconds(1));
        append(Lane.HISTORY, 500);
        turns(3);
        int before = uplink.arrivals().size();
        append(Lane.ALARM, 1);
        turns(1);
        assertEquals(Lane.ALARM, uplink.arrivals().get(before).block().stream().lane());
        assertTrue(before <= 49, "sent before: " + before);
    }

    @Test
    void marksWhatWaitedForTheLinkAsHistoric() {
        append(Lane.HISTORY, 1);
        turns(50);
        uplink.up(false);
        append(Lane.HISTORY, 3);
        turns(50);
        assertEquals(LinkState.Status.DOWN, shipper.link().status());
        assertEquals("scripted failure", shipper.link().error().orElseThrow());
        uplink.up(true);
        turns(5_000);
        append(Lane.HISTORY, 1);
        turns(50);
        assertEquals(
                List.of(false, true, true, true, false),
                uplink.arrivals().stream().map(ScriptedUplink.Arrival::historic).toList());
    }

    @Test
    void anAlarmDoesNotWaitForAProbeOfHistory() {
        uplink.misbehave(0, 0, Duration.ofHours(1));
        append(Lane.HISTORY, 2);
        turns(10);
        append(Lane.ALARM, 1);
        turns(1);
        assertEquals(
                List.of(Lane.HISTORY, Lane.ALARM),
                uplink.arrivals().stream().map(a -> a.block().stream().lane()).toList());
    }

    @Test
    void sendsOneProbeAtATimeWhileTheLinkIsDown() {
        append(Lane.HISTORY, 200);
        uplink.up(false);
        turns(100);
        uplink.up(true);
        uplink.misbehave(0, 0, Duration.ofSeconds(1));
        int most = 0;
        while (shipper.link().status() != LinkState.Status.UP) {
            turns(1);
            if (shipper.link().status() != LinkState.Status.UP) {
                most = Math.max(most, uplink.arrivals().size());
            }
        }
        assertEquals(1, most);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyRecordArrivesWhateverTheUplinkDoes(long seed) {
        random.setSeed(seed);
        uplink.misbehave(0.2, 0.2, Duration.ofMillis(300));
        for (int i = 0; i < 60; i++) {
            append(random.nextInt(5) == 0 ? Lane.ALARM : Lane.HISTORY, 1 + random.nextInt(3));
            if (random.nextInt(10) == 0) {
                uplink.up(random.nextBoolean());
            }
            turns(random.nextInt(200));
        }
        uplink.up(true);
        turns(30_000);
        for (Lane lane : Lane.values()) {
            assertEquals(journal.nextSequence(lane) - 1, journal.acknowledged(lane));
            var arrived = new TreeSet<Long>();
            uplink.arrivals().stream()
                    .map(ScriptedUplink.Arrival::block)
                    .filter(b -> b.stream().lane() == lane)
                    .forEach(b -> arrived.add(b.firstSequence()));
            assertEquals(journal.nextSequence(lane) - 1, arrived.size());
        }
        assertTrue(uplink.copies() > 0, "lost answers make copies");
        assertEquals(0, shipper.unexpectedOutcomes());
    }

    @Test
    void theNextShipperGoesOnAfterTheLastAcknowledgement() {
        append(Lane.HISTORY, 10);
        turns(50);
        shipper.close();
        shipper = shipper();
        append(Lane.HISTORY, 1);
        turns(50);
        assertEquals(11, uplink.arrivals().size());
        assertFalse(uplink.arrivals().getLast().historic());
    }

    private Shipper shipper() {
        return new Shipper(journal, uplink, ShipperOptions.defaults(), random, now);
    }

    /** Blocks of one record each. */
    private void append(Lane lane, int blocks) {
        for (int i = 0; i < blocks; i++) {
            journal.append(lane, Samples.readings(random, now, 1), now);
        }
        journal.sync();
    }

    private void turns(int count) {
        for (int i = 0; i < count; i++) {
            now = now.plusMillis(2);
            uplink.at(now);
            shipper.turn(now);
        }
    }
}
