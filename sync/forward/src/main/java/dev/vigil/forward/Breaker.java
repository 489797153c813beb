package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;

/** The circuit breaker of one uplink: a value, replaced by each event. */
sealed interface Breaker {
    /** Blocks go through it. */
    record Closed() implements Breaker {}

    /**
     * The last outcome was a failure.
     *
     * @param until it is tried again after this
     */
    record Open(Instant until) implements Breaker {}

    /** It is being tried; what comes of it decides. */
    record HalfOpen() implements Breaker {}

    /** Whatever it was: what has just delivered works. */
    default Breaker succeeded() {
        return new Closed();
    }

    /**
     * One failure is enough: an uplink has tried for seconds before it says so, and a copy by
     * another way does no harm (decision 0131). Failures of what was sent before it opened don't
     * keep it open for longer.
     *
     * @param pause until the next try
     */
    default Breaker failed(Instant now, Duration pause) {
        return this instanceof Open ? this : new Open(now.plus(pause));
    }

    /**
     * Whether it may be tried.
     *
     * @param pauseMax no pause is longer: a clock that has leapt back is not waited for
     */
    default boolean isDue(Instant now, Duration pauseMax) {
        return this instanceof Open(Instant until) && !Backoff.isWaiting(now, until, pauseMax);
    }
}
