package dev.vigil.policy;

import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.time.Instant;
import java.util.List;

/**
 * The batch at hand, prepared once for all policies: by row the channel's number and its time.
 * Reused from batch to batch; owned by the thread that owns its {@link PolicySet}.
 */
final class BatchRows {
    private final ChannelTable table;
    private final ChannelClock clock;
    private List<Reading> readings = List.of();
    private int[] channels = new int[256];
    private long[] millis = new long[256];
    private long nowMillis = Long.MIN_VALUE;
    private long firstSequence;
    private List<PolicyGap> gaps = List.of();

    BatchRows(List<SensorChannel> known) {
        table = new ChannelTable(known);
        clock = new ChannelClock(known.size());
    }

    void take(Batch batch) {
        take(batch, List.of());
    }

    /** As {@link #take(Batch)}, without the readings in these gaps: they only move the time. */
    void take(Batch batch, List<PolicyGap> without) {
        gaps = without;
        readings = batch.readings();
        firstSequence = batch.firstSequence();
        int count = readings.size();
        if (channels.length < count) {
            int size = Integer.highestOneBit(count) << 1;
            channels = new int[size];
            millis = new long[size];
        }
        advance(batch.now());
        for (int row = 0; row < count; row++) {
            Reading reading = readings.get(row);
            int number = table.number(reading.channel());
            channels[row] = number;
            if (number >= 0) {
                long at = clock.millis(number, reading.at());
                millis[row] = at;
                nowMillis = Math.max(nowMillis, at);
            }
        }
    }

    /** A channel with how far its time has come. */
    PolicySnapshot.Slot slot(SensorChannel channel) {
        int number = table.number(channel);
        return new PolicySnapshot.Slot(channel, clock.last(number), clock.offset(number));
    }

    /** Goes on where the snapshot's owner was. */
    void restore(PolicySnapshot snapshot) {
        for (PolicySnapshot.Slot slot : snapshot.slots()) {
            restore(slot);
        }
        nowMillis = Math.max(nowMillis, snapshot.nowMillis());
    }

    private void restore(PolicySnapshot.Slot slot) {
        int number = table.number(slot.channel());
        if (number >= 0) {
            clock.restore(number, slot.lastMillis(), slot.offsetMillis());
        }
    }

    /** The time of these channels goes on where it has come to there. */
    void follow(BatchRows there, List<SensorChannel> channels) {
        channels.forEach(channel -> restore(there.slot(channel)));
        nowMillis = Math.max(nowMillis, there.nowMillis);
    }

    /** Logical time never goes back. */
    void advance(Instant now) {
        nowMillis = Math.max(nowMillis, ChannelClock.millis(now));
    }

    int count() {
        return readings.size();
    }

    long sequence(int row) {
        return firstSequence + row;
    }

    /** Whether the policy did not get this row when it happened, or lost it. */
    boolean missing(int row) {
        // By index: this is asked for every row, and an iterator each would be garbage.
        for (int i = 0; i < gaps.size(); i++) {
            if (gaps.get(i).holds(sequence(row))) {
                return true;
            }
        }
        return false;
    }

    Reading reading(int row) {
        return readings.get(row);
    }

    /** Number of the row's channel; -1 when no policy judges it. */
    int channel(int row) {
        return channels[row];
    }

    /** Time of the row's reading, never going back within a channel; ms since 1970. */
    long millis(int row) {
        return millis[row];
    }

    /** The latest time seen: of batches, ticks and readings; ms since 1970. */
    long nowMillis() {
        return nowMillis;
    }

    long firstSequence() {
        return firstSequence;
    }
}
