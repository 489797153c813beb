package dev.vigil.policy;

import java.util.Optional;

/**
 * Readings that are missing from a policy's state: its call with the last of them failed, and those
 * judged since the state was saved went with it. Another run can't find that out by itself, since a
 * deadline is wall time and how readings were cut into calls is not recorded; with this it ends
 * with the same state ({@link PolicyCandidate#replay(Batch, java.util.List)}). Immutable.
 *
 * @param policy its id
 * @param kind how the call failed
 * @param first number of the first reading that is missing, as {@link Batch#firstSequence} counts
 * @param last of the last one
 */
public record PolicyGap(String policy, PolicyFailure.Kind kind, long first, long last) {
    public PolicyGap {
        if (first > last) {
            throw new IllegalArgumentException(
                    "policy %s: readings %d to %d are none".formatted(policy, first, last));
        }
    }

    /** What is left of it when no reading behind this one counts; empty: nothing. */
    public Optional<PolicyGap> through(long sequence) {
        return first > sequence
                ? Optional.empty()
                : Optional.of(new PolicyGap(policy, kind, first, Math.min(last, sequence)));
    }

    boolean holds(long sequence) {
        return sequence >= first && sequence <= last;
    }
}
