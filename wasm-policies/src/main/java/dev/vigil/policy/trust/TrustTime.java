package dev.vigil.policy.trust;

import java.time.Instant;

/**
 * What a node knows of the time (decision 0090). Immutable.
 *
 * <p>A node without a battery-backed clock that has not heard from a time server knows only that it
 * is not earlier than some moment: then nothing is refused that could be in order.
 */
public sealed interface TrustTime {
    /** The clock is good. */
    record Known(Instant now) implements TrustTime {}

    /** The clock is not: it can be any time from this on. */
    record NotBefore(Instant earliest) implements TrustTime {}

    /** Whether something that begins then has certainly not begun. */
    default boolean isBefore(Instant begin) {
        return this instanceof Known(Instant now) && now.isBefore(begin);
    }

    /** Whether something that ends then has certainly ended. */
    default boolean isAtOrAfter(Instant end) {
        return switch (this) {
            case Known(Instant now) -> !now.isBefore(end);
            case NotBefore(Instant earliest) -> !earliest.isBefore(end);
        };
    }

    default String text() {
        return switch (this) {
            case Known(Instant now) -> now.toString();
            case NotBefore(Instant earliest) -> earliest + " or later";
        };
    }
}
