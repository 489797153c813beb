package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;

/**
 * Compacts and thins a journal, one step at a time ({@link Journal#tidy}). Owned by the shipper's
 * thread; by one of its own where nothing is sent.
 */
public final class Housekeeper {
    private static final Duration AFTER_FAULT = Duration.ofSeconds(30);

    private final Journal journal;
    private Instant again = Instant.MIN;

    public Housekeeper(Journal journal) {
        this.journal = journal;
    }

    /**
     * Takes a step, some tens to some hundreds of milliseconds. A failing disk puts it off: nothing
     * hangs on it.
     *
     * @return whether there was anything to do
     */
    public boolean step(Instant now) {
        if (Backoff.isWaiting(now, again, AFTER_FAULT)) {
            return false;
        }
        try {
            return journal.tidy();
        } catch (JournalFault _) {
            again = now.plus(AFTER_FAULT);
            return false;
        }
    }
}
