package dev.vigil.node.watch;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether an output's feedback contact follows it. Owned by the pipeline's thread.
 *
 * <p>A contact that did not close stays a fault until it closes while the output is on: that the
 * output is off again proves nothing. One that is closed while the output is off is a fault until
 * it opens. A phase that is shorter than the contact may take is not judged.
 */
final class FeedbackWatch {
    private final OutputPlan.Feedback feedback;
    private boolean driven;
    private boolean closed;
    private @Nullable Instant differsSince;
    private boolean missing;
    private boolean stuck;
    private @Nullable Instant provenAt;

    FeedbackWatch(OutputPlan.Feedback feedback) {
        this.feedback = feedback;
    }

    /** The output has been switched. */
    void switched(boolean on, Instant now) {
        driven = on;
        differsSince = null;
        look(now);
    }

    /** The contact's latest reading that can be believed. */
    void seen(boolean isClosed, Instant now) {
        closed = isClosed;
        look(now);
    }

    /** Time has passed. */
    void look(Instant now) {
        if (driven == closed) {
            differsSince = null;
            stuck = false;
            if (driven) {
                missing = false;
                provenAt = now;
            }
            return;
        }
        Instant since = differsSince;
        if (since == null || now.isBefore(since)) {
            differsSince = now;
        } else if (!now.isBefore(since.plus(feedback.within()))) {
            missing = missing || driven;
            stuck = !driven;
        }
    }

    /** When it was last seen closed while the output was on; null: never since the start. */
    @Nullable Instant provenAt() {
        return provenAt;
    }

    /** What is wrong; null while it follows. */
    @Nullable String fault() {
        String contact = feedback.channel().id().name();
        Duration within = feedback.within();
        if (stuck) {
            return "is off, but its feedback %s is closed after %d ms"
                    .formatted(contact, within.toMillis());
        }
        return missing
                ? "was switched on, but its feedback %s did not close within %d ms; a test that it follows ends this fault"
                        .formatted(contact, within.toMillis())
                : null;
    }
}
