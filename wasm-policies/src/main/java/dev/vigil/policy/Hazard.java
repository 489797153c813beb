package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.SensorChannel;
import java.time.Instant;

/**
 * What a policy found, in the terms of the ABI's hazard record (wasm-policies/ABI.md).
 *
 * @param policy id of the policy, {@code heat}
 * @param channel the channel it is about
 * @param change raised, updated or cleared; idempotent per (policy, channel, code)
 * @param code the policy's word for it, as declared in its manifest: {@code HEAT_ALARM}
 * @param severity 0..1000, as the policy sets it; {@link #level()} maps it to CAP
 * @param quality quality of the reading it rests on; maps to CAP certainty
 * @param score what was compared (unit of the code), {@code value} the reading's value, {@code
 *     limit} the threshold
 * @param at time of the reading that decided it
 */
public record Hazard(
        String policy,
        SensorChannel channel,
        Change change,
        String code,
        int severity,
        Quality quality,
        double score,
        double value,
        double limit,
        Instant at) {
    /** ABI: 1 raise, 2 update, 3 clear. */
    public enum Change {
        RAISE,
        UPDATE,
        CLEAR
    }

    /** CAP 1.2, section 3.2.2, element severity. */
    public enum Level {
        MINOR,
        MODERATE,
        SEVERE,
        EXTREME
    }

    /** The same, cleared. */
    Hazard cleared() {
        return new Hazard(policy, channel, Change.CLEAR, code, 0, quality, score, value, limit, at);
    }

    /** Below 250 minor (pre-warning), below 500 moderate, below 800 severe, else extreme. */
    public Level level() {
        if (severity < 250) {
            return Level.MINOR;
        }
        if (severity < 500) {
            return Level.MODERATE;
        }
        return severity < 800 ? Level.SEVERE : Level.EXTREME;
    }
}
