package dev.vigil.forward;

import java.util.EnumSet;
import java.util.Set;

/**
 * The disk under the journal does not do what it should: full, read-only, failing. Names the path
 * and the cause. What was appended to {@link #lanes()} since the last successful sync is void: it
 * has to be appended again, and gets the same sequences. The journal itself goes on.
 */
public final class JournalFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final EnumSet<Lane> lanes = EnumSet.noneOf(Lane.class);

    JournalFault(String path, String what, Throwable cause) {
        super("journal: %s: %s: %s".formatted(path, what, Reason.of(cause)), cause);
    }

    JournalFault(String path, String what) {
        super("journal: %s: %s".formatted(path, what));
    }

    /** The lanes whose blocks since the last sync are void; empty when only reading failed. */
    public Set<Lane> lanes() {
        return Set.copyOf(lanes);
    }

    /** The disk is full, in the words of the operating system. */
    boolean isNoSpace() {
        return String.valueOf(getMessage()).contains("No space left on device");
    }

    JournalFault in(Lane lane) {
        lanes.add(lane);
        return this;
    }
}
