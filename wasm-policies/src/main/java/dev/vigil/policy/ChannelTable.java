package dev.vigil.policy;

import dev.vigil.sensor.SensorChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of channels, found by identity: a reading's channel is one shared object. Owned by the
 * thread that owns its {@link PolicySet}. A channel that is equal but another object is found, too,
 * and remembered in a bounded memory, as is a channel nobody judges.
 */
@SuppressWarnings("ReferenceEquality") // identity first is the point; equality is the way back
final class ChannelTable {
    private static final int RECENT = 1024;

    private final @Nullable SensorChannel[] keys;
    private final int[] numbers;
    private final @Nullable SensorChannel[] recent = new SensorChannel[RECENT];
    private final int[] recentNumbers = new int[RECENT];
    private final Map<SensorChannel, Integer> equal = new HashMap<>();

    /**
     * @param channels distinct; the number is the position
     */
    ChannelTable(List<SensorChannel> channels) {
        int size = Integer.highestOneBit(Math.max(8, channels.size()) * 4 - 1);
        keys = new SensorChannel[size];
        numbers = new int[size];
        for (int number = 0; number < channels.size(); number++) {
            SensorChannel channel = channels.get(number);
            int at = start(channel);
            while (keys[at] != null) {
                at = (at + 1) & (size - 1);
            }
            keys[at] = channel;
            numbers[at] = number;
            equal.put(channel, number);
        }
    }

    private int start(SensorChannel channel) {
        return ((System.identityHashCode(channel) * 0x9E37_79B1) >>> 8) & (keys.length - 1);
    }

    /** The channel's number, or -1. */
    int number(SensorChannel channel) {
        int at = start(channel);
        SensorChannel key = keys[at];
        while (key != null) {
            if (key == channel) {
                return numbers[at];
            }
            at = (at + 1) & (keys.length - 1);
            key = keys[at];
        }
        int place = System.identityHashCode(channel) & (RECENT - 1);
        if (recent[place] == channel) {
            return recentNumbers[place];
        }
        Integer number = equal.get(channel);
        recent[place] = channel;
        recentNumbers[place] = number == null ? -1 : number;
        return recentNumbers[place];
    }
}
