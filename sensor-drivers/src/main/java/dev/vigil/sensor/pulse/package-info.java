/** Pulses on GPIO lines: rain gauges, flow meters, inductive loops, contacts. */
@NullMarked
package dev.vigil.sensor.pulse;

import org.jspecify.annotations.NullMarked;
