package dev.vigil.policy;

import java.time.Instant;
import java.util.Arrays;

/**
 * Makes the time of each channel's readings non-decreasing, as the ABI promises. Owned by the
 * thread that owns its {@link PolicySet}.
 *
 * <p>A reading up to a minute older than the one before (late, out of order) is taken as of the
 * same time. More than that is a clock that was set back: from there on the channel's time runs on
 * without the step, so that slopes and holds keep working and no reading is lost for hours.
 */
final class ChannelClock {
    static final long LATE_MILLIS = 60_000;
    private static final long GAP_MILLIS = 3_600_000;
    private static final long SECONDS_BOUND = 100_000_000_000L;

    private final long[] last;
    private final long[] offset;

    ChannelClock(int channels) {
        last = new long[channels];
        Arrays.fill(last, Long.MIN_VALUE);
        offset = new long[channels];
    }

    /** Milliseconds since 1970; times thousands of years away are taken as the bound. */
    static long millis(Instant at) {
        long seconds = Math.clamp(at.getEpochSecond(), -SECONDS_BOUND, SECONDS_BOUND);
        return seconds * 1000 + at.getNano() / 1_000_000;
    }

    /** Latest time of the channel; {@link Long#MIN_VALUE} before the first. */
    long last(int channel) {
        return last[channel];
    }

    /** By how much the channel's clock was set back and not made up for since. */
    long offset(int channel) {
        return offset[channel];
    }

    void restore(int channel, long lastMillis, long offsetMillis) {
        last[channel] = lastMillis;
        offset[channel] = offsetMillis;
    }

    long millis(int channel, Instant at) {
        long raw = millis(at);
        long before = last[channel];
        long result;
        if (raw >= before) {
            offset[channel] = 0;
            result = raw;
        } else if (before - raw <= LATE_MILLIS) {
            offset[channel] = 0;
            result = before;
        } else {
            result = raw + offset[channel];
            if (result < before || result - before > GAP_MILLIS) {
                offset[channel] = before - raw;
                result = before;
            }
        }
        last[channel] = result;
        return result;
    }
}
