package dev.vigil.centre.ledger;

import dev.vigil.forward.Lane;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a ledger instance has done since it began, copies of an aborted transaction included. Any
 * thread.
 */
public final class LedgerCounters {
    private final LongAdder readings = new LongAdder();
    private final LongAdder alarms = new LongAdder();
    private final LongAdder copies = new LongAdder();
    private final LongAdder quarantined = new LongAdder();
    private final LongAdder restarts = new LongAdder();
    private final Map<String, LongAdder> gaps = new ConcurrentHashMap<>();

    void published(Lane lane, long records) {
        switch (lane) {
            case ALARM -> alarms.add(records);
            case HISTORY -> readings.add(records);
        }
    }

    void copies(long records) {
        copies.add(records);
    }

    void quarantined() {
        quarantined.increment();
    }

    void restarted() {
        restarts.increment();
    }

    void gap(String change) {
        gaps.computeIfAbsent(change, _ -> new LongAdder()).increment();
    }

    public long readings() {
        return readings.sum();
    }

    public long alarms() {
        return alarms.sum();
    }

    public long copies() {
        return copies.sum();
    }

    public long quarantinedMessages() {
        return quarantined.sum();
    }

    /** Threads that ended and were replaced. */
    public long restarts() {
        return restarts.sum();
    }

    /** {@code change}: opened, closed or abandoned. */
    public long gaps(String change) {
        LongAdder count = gaps.get(change);
        return count == null ? 0 : count.sum();
    }
}
