package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailoverUplinkTest {
    @TempDir private Path directory;
    private final Random random = new Random(1);
    private Instant now = Samples.START;
    private Journal journal;
    private final List<SenmlRecord> latest = new ArrayList<>();
    private ScriptedUplink first;
    private ScriptedUplink second;
    private FailoverUplink both;
    private Shipper shipper;

    @BeforeEach
    void open() {
        journal =
                Journal.open(
                        JournalOptions.of(
                                "gw-01", directory, 4_000_000, 40_000_000, Duration.ofHours(1)),
                        now);
        first = new ScriptedUplink(random, now);
        second = new ScriptedUplink(random, now);
        both =
                new FailoverUplink(
                        List.of(member(first), member(second)),
                        new FailoverUplink.StateSource("gw-01", () -> latest),
                        random,
                        () -> now);
        shipper = new Shipper(journal, both, ShipperOptions.defaults(), random, now);
    }

    @AfterEach
    void close() {
        shipper.close();
        journal.close();
    }

    @Test
    void theSecondStandsByWhileTheFirstDelivers() {
        append(Lane.HISTORY, 5);
        turns(100);
        assertEquals(5, first.arrivals().size());
        assertEquals(0, second.arrivals().size());
        assertEquals(List.of(LinkState.Status.UP, LinkState.Status.STANDBY), statuses());
        assertEquals(5, both.links().getFirst().deliveredRecords());
    }

    @Test
    void whenTheFirstFailsTheSecondDeliversWithinASecondAndTheFirstIsUsedAgainWhenItIsBack() {
        append(Lane.HISTORY, 1);
        turns(100);
        first.up(false);
        append(Lane.ALARM, 1);
        turns(500);
        assertEquals(0, waiting());
        assertEquals(1, second.arrivals().size());
        assertEquals(List.of(LinkState.Status.DOWN, LinkState.Status.UP), statuses());
        assertEquals("scripted failure", both.links().getFirst().error().orElseThrow());

        first.up(true);
        turns(3_000); // its pause is over, but nothing was there to try it with
        append(Lane.HISTORY, 1);
        turns(100);
        assertEquals(2, second.arrivals().size());
        assertEquals(List.of(LinkState.Status.UP, LinkState.Status.STANDBY), statuses());
        append(Lane.HISTORY, 1);
        turns(100);
        assertEquals(0, waiting());
        assertEquals(2, second.arrivals().size());
        assertEquals(
                List.of(1L, 2L, 3L),
                first.arrivals().stream()
                        .map(ScriptedUplink.Arrival::block)
                        .filter(b -> b.stream().lane() == Lane.HISTORY)
                        .map(Block::firstSequence)
                        .toList());
    }

    @Test
    void theStateOfTheSensorsIsSentByTheWayInUseEveryTenSecondsAndNotWhileAnAlarmWaits() {
        turns(10_000);
        assertEquals(List.of(), first.states(), "nothing to tell, nobody there");
        latest.addAll(Samples.readings(random, now, 30));
        append(Lane.HISTORY, 1);
        turns(30_000); // a minute
        assertEquals(6, first.states().size());
        assertEquals(List.of(), second.states());
        StateMessage message = first.states().getLast();
        assertEquals(30, BlockCodec.decode("gw-01", message.body()).size());
        assertEquals("30", message.headers().get("vigil_count"));

        first.misbehave(0, 0, Duration.ofHours(1));
        append(Lane.ALARM, 1);
        turns(10_000);
        assertEquals(6, first.states().size(), "the alarm has no answer yet");
    }

    @Test
    void twoOfAKindHaveDifferentNames() {
        assertEquals(
                List.of("scripted", "scripted-2"),
                both.links().stream().map(LinkState::name).toList());
    }

    @Test
    void aTryOfTheFirstHoldsNothingUp() {
        first.up(false);
        append(Lane.HISTORY, 1);
        turns(200);
        assertEquals(0, waiting());
        for (int i = 0; i < 300; i++) {
            append(Lane.ALARM, 1);
            turns(100);
            assertEquals(0, waiting(), "200 ms later");
        }
        assertEquals(301, second.arrivals().size());
    }

    /**
     * What comes and goes, loses answers and is late: nothing is lost as long as one comes back.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyRecordArrivesSomewhereWhateverTheUplinksDo(long seed) {
        random.setSeed(seed);
        first.misbehave(0.1, 0.2, Duration.ofMillis(300));
        second.misbehave(0.1, 0.2, Duration.ofMillis(300));
        for (int i = 0; i < 200; i++) {
            append(random.nextInt(5) == 0 ? Lane.ALARM : Lane.HISTORY, 1 + random.nextInt(3));
            if (random.nextInt(8) == 0) {
                first.up(random.nextBoolean());
            }
            if (random.nextInt(8) == 0) {
                second.up(random.nextBoolean());
            }
            turns(random.nextInt(200));
        }
        first.up(true);
        second.up(true);
        turns(20_000);
        assertEquals(0, waiting());
        Set<String> arrived = new HashSet<>();
        for (ScriptedUplink uplink : List.of(first, second)) {
            for (ScriptedUplink.Arrival arrival : uplink.arrivals()) {
                arrived.add(arrival.block().stream() + "/" + arrival.block().firstSequence());
            }
        }
        long records = journal.nextSequence(Lane.ALARM) + journal.nextSequence(Lane.HISTORY) - 2;
        assertEquals(records, arrived.size());
        assertEquals(0, shipper.unexpectedOutcomes());
        assertTrue(!first.arrivals().isEmpty() && !second.arrivals().isEmpty());
        long counted = both.links().stream().mapToLong(LinkState::deliveredRecords).sum();
        assertEquals(records, counted, "copies are not counted");
    }

    private static FailoverUplink.Member member(Uplink uplink) {
        return new FailoverUplink.Member(uplink, OptionalLong.empty(), Duration.ofSeconds(10));
    }

    private List<LinkState.Status> statuses() {
        return both.links().stream().map(LinkState::status).toList();
    }

    private long waiting() {
        return journal.state(Lane.ALARM).undeliveredRecords()
                + journal.state(Lane.HISTORY).undeliveredRecords();
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
            first.at(now);
            second.at(now);
            shipper.turn(now);
        }
    }
}
