package dev.vigil.policy;

import java.lang.System.Logger.Level;

/**
 * What a policy says, passed on to the node's log within a limit. Owned by the thread that owns its
 * policy. Lines over the limit are counted and dropped.
 */
final class GuestLog {
    private static final System.Logger LOGGER = System.getLogger("dev.vigil.policy");
    private static final int LINES_PER_MINUTE = 10;
    private static final long MINUTE_MILLIS = 60_000;

    private final String policy;
    private long minuteStart = Long.MIN_VALUE;
    private long nowMillis;
    private int lines;
    private long dropped;

    GuestLog(String policy) {
        this.policy = policy;
    }

    /** Logical time of the calls that follow. */
    void at(long nowMillis) {
        this.nowMillis = nowMillis;
    }

    /** Levels of the guest: 0 debug, 1 info, 2 and above warning. */
    void line(int level, String text) {
        if (minuteStart == Long.MIN_VALUE || nowMillis - minuteStart >= MINUTE_MILLIS) {
            minuteStart = nowMillis;
            lines = 0;
        }
        if (++lines > LINES_PER_MINUTE) {
            dropped++;
            return;
        }
        Level to = level <= 0 ? Level.DEBUG : level == 1 ? Level.INFO : Level.WARNING;
        LOGGER.log(to, "policy {0} says: {1}", policy, text);
    }

    long dropped() {
        return dropped;
    }
}
