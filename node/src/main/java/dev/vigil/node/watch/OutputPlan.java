package dev.vigil.node.watch;

import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * When an output is on, and how. Immutable.
 *
 * @param minimumOn once on for an alarm, on for at least this long
 * @param offAtStop switched off when the node is stopped; else left as it is
 * @param feedback the contact that tells whether it really is on
 * @param selfTest on for so long when the node tests itself; empty: left alone
 */
public record OutputPlan(
        OutputKind kind,
        Pattern pattern,
        Duration minimumOn,
        boolean offAtStop,
        Optional<Feedback> feedback,
        Optional<Duration> selfTest) {

    /**
     * A contact that closes when the output is on: of its own, of a pressure or current switch.
     *
     * @param within so long after it was switched the contact must have followed
     */
    public record Feedback(SensorChannel channel, Duration within) {}

    /** Simply on, as long as a siren has to be. */
    public static OutputPlan siren(Duration minimumOn) {
        return new OutputPlan(
                OutputKind.SIREN,
                Pattern.STEADY,
                minimumOn,
                true,
                Optional.empty(),
                Optional.empty());
    }
}
