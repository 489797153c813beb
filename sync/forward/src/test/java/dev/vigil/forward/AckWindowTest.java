package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckWindowTest {
    private static final StreamId ALARM = new StreamId("gw", "0123456789abcdef", Lane.ALARM);
    private static final StreamId HISTORY = new StreamId("gw", "0123456789abcdef", Lane.HISTORY);
    private static final Waybill BILL = new Waybill(false, 100, "1.0");
    private static final long SECOND = 1_000_000_000;

    private final AckWindow window = new AckWindow(List.of(ALARM, HISTORY), Duration.ofSeconds(30));

    @Test
    void onlyTheLedgersAcknowledgementDelivers() {
        window.add(block(HISTORY, 1), BILL, 0);
        assertTrue(window.take(10).isPresent());
        window.confirmed(SECOND);
        assertFalse(window.isEmpty());
        assertEquals(List.of(), acknowledged(HISTORY.toString(), 9, SECOND));
        List<Uplink.Outcome> outcomes = acknowledged(HISTORY.toString(), 10, SECOND);
        assertInstanceOf(Delivery.Delivered.class, outcomes.getFirst().delivery());
        assertTrue(window.isEmpty());
    }

    @Test
    void anAlarmIsPublishedBeforeHistoryThatWaits() {
        window.add(block(HISTORY, 1), BILL, 0);
        window.add(block(HISTORY, 11), BILL, 0);
        window.add(block(ALARM, 1), BILL, 0);
        assertEquals(ALARM, window.take(1).orElseThrow().block().stream());
        assertEquals(Optional.empty(), window.take(1), "one without PUBACK");
        window.confirmed(1);
        assertEquals(1, window.take(1).orElseThrow().block().firstSequence());
    }

    @Test
    void whatTheLedgerHasAlreadyIsNotPublishedAgain() {
        acknowledged(HISTORY.toString(), 20, 0);
        assertInstanceOf(
                Delivery.Delivered.class,
                window.add(block(HISTORY, 11), BILL, 0).orElseThrow().delivery());
        assertEquals(Optional.empty(), window.add(block(HISTORY, 21), BILL, 0));
        assertEquals(21, window.take(9).orElseThrow().block().firstSequence());
    }

    @Test
    void anAcknowledgementThatFallsOrIsForAnotherStreamChangesNothing() {
        window.add(block(HISTORY, 1), BILL, 0);
        assertEquals(List.of(), acknowledged("other/0123456789abcdef/history", 99, 0));
        assertEquals(List.of(), acknowledged(ALARM.toString(), 99, 0));
        assertEquals(1, acknowledged(HISTORY.toString(), 10, 0).size());
        assertEquals(List.of(), acknowledged(HISTORY.toString(), 5, 0));
        assertTrue(window.add(block(HISTORY, 1), BILL, 0).isPresent(), "10 still counts");
    }

    @Test
    void aBlockBeyondAGapOfTheLedgersIsDeliveredWhenTheLedgerHasAllOfIt() {
        window.add(block(HISTORY, 11), BILL, 0);
        window.add(block(HISTORY, 21), BILL, 0);
        var said =
                new MqttBlock.Acknowledgement(
                        HISTORY.toString(),
                        5,
                        List.of(
                                new MqttBlock.Acknowledgement.Range(15, 25),
                                new MqttBlock.Acknowledgement.Range(21, 30)));
        assertEquals(
                List.of(21L),
                window.acknowledged(said, 0).stream()
                        .map(outcome -> outcome.block().firstSequence())
                        .toList());
    }

    @Test
    void itIsStuckWhenNothingHappensFor30SecondsWhileSomethingIsOnItsWay() {
        assertFalse(window.isStuck(100 * SECOND), "nothing on its way");
        window.add(block(HISTORY, 1), BILL, 100 * SECOND);
        window.add(block(HISTORY, 11), BILL, 100 * SECOND);
        assertFalse(window.isStuck(129 * SECOND));
        window.take(1);
        window.confirmed(129 * SECOND);
        assertFalse(window.isStuck(158 * SECOND));
        acknowledged(HISTORY.toString(), 10, 158 * SECOND);
        assertFalse(window.isStuck(187 * SECOND));
        assertTrue(window.isStuck(188 * SECOND));
    }

    @Test
    void ofALostConnectionOnlyWhatWasPublishedIsUnknown() {
        window.add(block(HISTORY, 1), BILL, 0);
        window.add(block(HISTORY, 11), BILL, 0);
        window.take(1);
        List<Uplink.Outcome> outcomes = window.abandon("gone");
        assertEquals(
                List.of(new Delivery.Unknown("gone"), new Delivery.Failed("gone")),
                outcomes.stream().map(Uplink.Outcome::delivery).toList());
        assertTrue(window.isEmpty());
        window.add(block(HISTORY, 1), BILL, 0);
        assertTrue(window.take(1).isPresent(), "no PUBACK is awaited any more");
    }

    @Test
    void ofARefusedBlockThereIsOneOutcome() {
        window.add(block(HISTORY, 1), BILL, 0);
        AckWindow.Entry entry = window.take(1).orElseThrow();
        assertEquals(
                new Delivery.Failed("no"), window.refused(entry, "no", 1).orElseThrow().delivery());
        assertEquals(Optional.empty(), window.refused(entry, "no", 1));
        assertTrue(window.isEmpty());
    }

    /** Whatever happens in whatever order: each block gets exactly one outcome for each add. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyBlockGetsOneOutcomeWhateverHappens(long seed) {
        var random = new Random(seed);
        Map<Lane, Long> next = new EnumMap<>(Lane.class);
        Map<String, Integer> open = new HashMap<>();
        List<AckWindow.Entry> taken = new ArrayList<>();
        long nanos = 0;
        int settled = 0;
        for (int i = 0; i < 5_000; i++) {
            nanos += random.nextInt(1_000);
            List<Uplink.Outcome> outcomes = new ArrayList<>();
            StreamId stream = random.nextBoolean() ? ALARM : HISTORY;
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    long first = next.merge(stream.lane(), 10L, Long::sum) - 9;
                    Block block = block(stream, first);
                    open.merge(id(block), 1, Integer::sum);
                    window.add(block, BILL, nanos).ifPresent(outcomes::add);
                }
                case 3, 4 -> window.take(4).ifPresent(taken::add);
                case 5 -> window.confirmed(nanos);
                case 6 ->
                        outcomes.addAll(
                                acknowledged(
                                        stream.toString(),
                                        random.nextLong(next.getOrDefault(stream.lane(), 0L) + 1),
                                        nanos));
                default -> {
                    if (random.nextInt(20) == 0) {
                        outcomes.addAll(window.abandon("gone"));
                    } else if (!taken.isEmpty()) {
                        window.refused(taken.removeLast(), "no", nanos).ifPresent(outcomes::add);
                    }
                }
            }
            for (Uplink.Outcome outcome : outcomes) {
                assertEquals(0, open.merge(id(outcome.block()), -1, Integer::sum));
                settled++;
            }
        }
        window.abandon("end").forEach(o -> open.merge(id(o.block()), -1, Integer::sum));
        assertTrue(open.values().stream().allMatch(count -> count == 0));
        assertTrue(settled > 100, "settled " + settled);
    }

    private List<Uplink.Outcome> acknowledged(String stream, long through, long nanos) {
        return window.acknowledged(
                new MqttBlock.Acknowledgement(stream, through, List.of()), nanos);
    }

    private static String id(Block block) {
        return block.stream() + "/" + block.firstSequence();
    }

    /** Ten records. */
    private static Block block(StreamId stream, long first) {
        return new Block(
                stream, first, 10, Samples.START, Samples.START, BlockCodec.CODEC, new byte[] {1});
    }
}
