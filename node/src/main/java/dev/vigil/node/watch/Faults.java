package dev.vigil.node.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Faults of the node itself (a policy that fails, an output that does not switch): each has a
 * beginning and an end, and both are records. A fault that flickers is one fault until it has been
 * quiet for {@link #QUIET}. Owned by the pipeline's thread.
 */
public final class Faults {
    static final Duration QUIET = Duration.ofSeconds(60);

    /** A fault that goes on. */
    public record Fault(
            String subject, String detail, Instant since, Instant lastSeen, long count) {}

    /** A beginning ({@code begins}) or an end. */
    record Change(Fault fault, boolean begins) {}

    private final Map<String, Fault> active = new TreeMap<>();

    /** Tells of {@code subject} failing now; returns the change when that is news. */
    List<Change> seen(Instant now, String subject, String detail) {
        Fault before = active.get(subject);
        Fault fault =
                before == null
                        ? new Fault(subject, detail, now, now, 1)
                        : new Fault(subject, detail, before.since(), now, before.count() + 1);
        active.put(subject, fault);
        return before == null ? List.of(new Change(fault, true)) : List.of();
    }

    /** The faults that have been quiet for long enough: they are over. */
    List<Change> tick(Instant now) {
        List<Change> over = new ArrayList<>();
        for (Iterator<Fault> each = active.values().iterator(); each.hasNext(); ) {
            Fault fault = each.next();
            if (!now.isBefore(fault.lastSeen().plus(QUIET))) {
                each.remove();
                over.add(new Change(fault, false));
            }
        }
        return over;
    }

    List<Fault> active() {
        return List.copyOf(active.values());
    }
}
