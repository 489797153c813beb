package dev.vigil.sensor.plausibility;

import dev.vigil.sensor.SensorChannel;

/**
 * A channel and what is wrong with it.
 *
 * @param detail for people: the value and the rule
 */
public record Finding(SensorChannel channel, Doubt doubt, String detail) {}
