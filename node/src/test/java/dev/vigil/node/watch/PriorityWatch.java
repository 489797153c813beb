package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Block;
import dev.vigil.forward.Delivery;
import dev.vigil.forward.Journal;
import dev.vigil.forward.Lane;
import dev.vigil.forward.ScriptedUplink;
import dev.vigil.forward.Uplink;
import dev.vigil.forward.Waybill;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Passes on to the scripted uplink, and sees to it that alarms go first (promise 4). Owned by the
 * test's thread.
 */
final class PriorityWatch implements Uplink {
    private final ScriptedUplink uplink;
    private final Journal sending;

    /** Alarms sent and not failed since, by first sequence; with the last one. */
    private final Map<Long, Long> alarmsUnderWay = new HashMap<>();

    PriorityWatch(ScriptedUplink uplink, Journal sending) {
        this.uplink = uplink;
        this.sending = sending;
    }

    @Override
    public String name() {
        return uplink.name();
    }

    @Override
    public void send(Block block, Waybill waybill) {
        if (block.stream().lane() == Lane.ALARM) {
            alarmsUnderWay.put(block.firstSequence(), block.lastSequence());
        } else {
            Optional<Block> waiting = waitingAlarm();
            assertTrue(
                    waiting.isEmpty(),
                    () ->
                            "history %d is sent while alarm %s waits"
                                    .formatted(
                                            block.firstSequence(),
                                            waiting.map(Block::firstSequence)));
        }
        uplink.send(block, waybill);
    }

    private Optional<Block> waitingAlarm() {
        long through = sending.acknowledged(Lane.ALARM);
        while (true) {
            Long last = alarmsUnderWay.get(through + 1);
            if (last == null) {
                Optional<Block> next = sending.next(Lane.ALARM, through);
                last = next.map(block -> alarmsUnderWay.get(block.firstSequence())).orElse(null);
                if (last == null) {
                    return next;
                }
            }
            through = last;
        }
    }

    @Override
    public List<Outcome> poll() {
        List<Outcome> outcomes = uplink.poll();
        for (Outcome outcome : outcomes) {
            if (outcome.block().stream().lane() == Lane.ALARM
                    && !(outcome.delivery() instanceof Delivery.Delivered)) {
                alarmsUnderWay.remove(outcome.block().firstSequence());
            }
        }
        return outcomes;
    }

    @Override
    public void close() {
        uplink.close();
    }
}
