package dev.vigil.node.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides when one output is on: while an alarm is unacknowledged, and at least for its minimum
 * time. Owned by the pipeline's thread.
 */
final class Sounder {
    static final Duration PREPARE_AGAIN = Duration.ofSeconds(1);

    private final Output output;
    private final Duration minimumOn;
    private @Nullable Instant onSince;
    private boolean prepared;
    private Instant prepareAt = Instant.MIN;
    private volatile State state = new State(false, null, null);

    /** For the status page; {@code fault} is null while the output does what it is told. */
    record State(boolean on, @Nullable Instant lastOnAt, @Nullable String fault) {}

    Sounder(Output output, Duration minimumOn) {
        this.output = output;
        this.minimumOn = minimumOn;
    }

    String id() {
        return output.id();
    }

    /** Any thread. */
    State state() {
        return state;
    }

    /** Makes the output what it should be; returns true when it was switched on just now. */
    boolean apply(Instant now, Incidents incidents) {
        boolean wanted = incidents.alarmUnacknowledged();
        if (!prepared && !wanted && !now.isBefore(prepareAt)) {
            prepare(now);
        }
        Instant since = onSince;
        if (wanted == (since != null)) {
            return false;
        }
        if (since != null && now.isBefore(since.plus(minimumOn))) {
            return false;
        }
        try {
            output.set(wanted, now, why(incidents));
            onSince = wanted ? now : null;
            state = new State(wanted, wanted ? now : state.lastOnAt(), null);
            return wanted;
        } catch (OutputFault e) {
            state = new State(since != null, state.lastOnAt(), e.getMessage());
            return false;
        }
    }

    /** An output that isn't there is a fault from now on, not only in an alarm. */
    private void prepare(Instant now) {
        prepareAt = now.plus(PREPARE_AGAIN);
        try {
            output.prepare();
            prepared = true;
            state = new State(state.on(), state.lastOnAt(), null);
        } catch (OutputFault e) {
            state = new State(state.on(), state.lastOnAt(), e.getMessage());
        }
    }

    private static String why(Incidents incidents) {
        Optional<Incident> alarm =
                incidents.open().stream()
                        .filter(i -> i.level().compareTo(Incidents.ALARM) >= 0 && !i.acknowledged())
                        .findFirst();
        return alarm.map(Incident::id).orElse("all acknowledged or closed");
    }
}
