package dev.vigil.sensor;

import java.time.Instant;

/**
 * One measured value.
 *
 * @param channel the channel that measured it; one shared object for each channel, compared by
 *     identity on the hot path
 * @param value in the unit of the channel's quantity; always finite
 * @param at when it was measured (the sample's time, not its arrival's)
 */
public record Reading(SensorChannel channel, double value, Quality quality, Instant at) {
    public Reading {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "reading of %s is %s: a reading is finite; what a sensor could not measure is Quality.BAD"
                            .formatted(channel.id(), value));
        }
    }
}
