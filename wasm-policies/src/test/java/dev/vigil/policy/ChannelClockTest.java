package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ChannelClockTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private final ChannelClock clock = new ChannelClock(2);

    private long seconds(double offset) {
        Instant at = NOON.plusMillis(Math.round(offset * 1000));
        return (clock.millis(0, at) - NOON.toEpochMilli()) / 1000;
    }

    @Test
    void aLateReadingIsTakenAsOfTheLatestTime() {
        assertEquals(100, seconds(100));
        assertEquals(100, seconds(41));
        assertEquals(101, seconds(101));
    }

    @Test
    void timeRunsOnWhenASensorsClockIsSetBack() {
        assertEquals(7200, seconds(7200));
        assertEquals(7200, seconds(3600));
        assertEquals(7210, seconds(3610));
        assertEquals(7270, seconds(3670));
    }

    @Test
    void oneReadingOf1970DoesNotShiftThoseThatFollow() {
        assertEquals(100, seconds(100));
        assertEquals(NOON.toEpochMilli() + 100_000, clock.millis(0, Instant.EPOCH));
        assertEquals(99 + 1, seconds(99));
        assertEquals(102, seconds(102));
    }

    @Test
    void channelsHaveTheirOwnTimeAndTimesBeyondReasonDoNotOverflow() {
        assertEquals(100, seconds(100));
        assertEquals(NOON.toEpochMilli(), clock.millis(1, NOON));
        assertEquals(100_000_000_000_000L + 999, ChannelClock.millis(Instant.MAX));
        assertEquals(-100_000_000_000_000L, ChannelClock.millis(Instant.MIN));
    }
}
