package dev.vigil.node.watch;

import dev.vigil.forward.Backoff;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when one output is on: while an alarm wants it and at least for its minimum time, or
 * while it is tested; in its pattern. Owned by the pipeline's thread.
 */
final class Sounder {
    static final Duration PREPARE_AGAIN = Duration.ofSeconds(1);

    /** The longest test of an output. */
    static final Duration TEST_MAX = Duration.ofMinutes(1);

    private final Output output;
    private final OutputPlan plan;
    private final @Nullable FeedbackWatch feedback;
    private @Nullable Instant alarmSince;
    private @Nullable Instant testUntil;
    private @Nullable Instant patternSince;
    private boolean driven;
    private boolean rested;
    private Instant prepareAt = Instant.MIN;
    private @Nullable String prepareFault;
    private @Nullable String switchFault;
    private volatile State state = new State(false, null, null, null);

    /**
     * For the status page.
     *
     * @param on for an alarm or a test, whatever its pattern is at
     * @param fault null while the output does what it is told
     * @param provenAt when its feedback last showed that it was on
     */
    record State(
            boolean on,
            @Nullable Instant lastOnAt,
            @Nullable String fault,
            @Nullable Instant provenAt) {}

    Sounder(Output output, OutputPlan plan) {
        this.output = output;
        this.plan = plan;
        this.feedback = plan.feedback().map(FeedbackWatch::new).orElse(null);
    }

    String id() {
        return output.id();
    }

    OutputPlan plan() {
        return plan;
    }

    /** Any thread. */
    State state() {
        return state;
    }

    /** What its feedback contact says, if it has one and this is of it. */
    void feedback(List<Reading> readings, Instant now) {
        FeedbackWatch watched = feedback;
        if (watched == null) {
            return;
        }
        for (Reading reading : readings) {
            if (reading.channel().equals(plan.feedback().orElseThrow().channel())
                    && reading.quality() != Quality.BAD) {
                watched.seen(Contacts.isClosed(reading), now);
            }
        }
    }

    /** From now on it is on for so long, alarm or not. */
    void test(Instant now, Duration length) {
        testUntil = now.plus(length);
    }

    /** Switched on for a moment by the node's test of itself, if the site lets it. */
    void selfTest(Instant now) {
        plan.selfTest().filter(_ -> patternSince == null).ifPresent(length -> test(now, length));
    }

    /** Its pattern or its test has it switched now: a turn is due. */
    boolean due(Instant now) {
        return switchFault == null && patternSince != null && driven != level(now);
    }

    /**
     * Makes the output what it should be.
     *
     * @param settled which alarms were open before a restart is known, or nobody waits for it
     * @return true when an alarm has switched it on just now
     */
    boolean apply(Instant now, Incidents incidents, boolean settled) {
        if (!Backoff.isWaiting(now, prepareAt, PREPARE_AGAIN)) {
            prepare(now);
        }
        if (feedback != null) {
            feedback.look(now);
        }
        boolean wanted = plan.kind().wanted(incidents);
        Instant since = alarmSince;
        boolean alarm =
                wanted
                        || (since != null
                                && !now.isBefore(since) // else the clock was set back
                                && now.isBefore(since.plus(plan.minimumOn())));
        if (!alarm) {
            alarmSince = null;
        }
        boolean begins = alarm && alarmSince == null;
        if (!alarm && !isTested(now)) {
            patternSince = null;
        } else if (patternSince == null || begins) {
            patternSince = now;
        }
        drive(now, () -> why(alarm, incidents));
        boolean sounded = begins && driven;
        if (sounded) {
            alarmSince = now;
        }
        rest(now, settled && patternSince == null);
        show(now);
        return sounded;
    }

    /** The node stops. */
    void close(Instant now) {
        if (driven && plan.offAtStop()) {
            patternSince = null;
            drive(now, () -> "the node stops");
        }
        output.close();
    }

    private boolean isTested(Instant now) {
        Instant until = testUntil;
        if (until != null && !Backoff.isWaiting(now, until, TEST_MAX)) {
            testUntil = null;
        }
        return testUntil != null;
    }

    private boolean level(Instant now) {
        Instant until = testUntil;
        boolean over = alarmSince == null && (until == null || !now.isBefore(until));
        return !over && patternOn(now);
    }

    private boolean patternOn(Instant now) {
        Instant since = patternSince;
        return since != null && plan.pattern().on(Duration.between(since, now));
    }

    private void drive(Instant now, Supplier<String> why) {
        boolean level = patternOn(now);
        if (level == driven) {
            switchFault = null;
            return;
        }
        try {
            output.set(level, now, why.get());
        } catch (OutputFault e) {
            switchFault = e.getMessage();
            return;
        }
        driven = level;
        switchFault = null;
        if (feedback != null) {
            feedback.switched(level, now);
        }
    }

    /** What a run before this one left on goes off. */
    private void rest(Instant now, boolean due) {
        if (!rested && due) {
            try {
                output.rest(now);
                rested = true;
            } catch (OutputFault e) {
                switchFault = e.getMessage();
            }
        }
        rested = rested || driven;
    }

    /** An output that isn't there is a fault from now on, not only in an alarm. */
    private void prepare(Instant now) {
        prepareAt = now.plus(PREPARE_AGAIN);
        try {
            output.prepare();
            prepareFault = null;
        } catch (OutputFault e) {
            prepareFault = e.getMessage();
        }
    }

    private void show(Instant now) {
        boolean on = patternSince != null && (driven || state.on());
        String fault = switchFault == null ? prepareFault : switchFault;
        String unproven = feedback == null ? null : feedback.fault();
        if (unproven != null) {
            String said = "output %s %s".formatted(id(), unproven);
            fault = fault == null ? said : fault + "; " + said;
        }
        Instant proven = feedback == null ? null : feedback.provenAt();
        State shown = new State(on, on && !state.on() ? now : state.lastOnAt(), fault, proven);
        if (!Objects.equals(shown, state)) {
            state = shown;
        }
    }

    private String why(boolean alarm, Incidents incidents) {
        if (!alarm && testUntil != null) {
            return "test";
        }
        if (alarm && !plan.kind().wanted(incidents)) {
            return "its minimum time is not over";
        }
        return incidents.open().stream()
                .filter(i -> alarm && i.level().compareTo(Incidents.ALARM) >= 0)
                .min(Comparator.comparing(Incident::acknowledged))
                .map(Incident::id)
                .orElse("all acknowledged or closed");
    }
}
