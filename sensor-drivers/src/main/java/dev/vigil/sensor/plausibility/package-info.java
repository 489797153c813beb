/**
 * Can it be believed? A layer of its own between what arrives and what judges it: every reading
 * passes {@link dev.vigil.sensor.plausibility.Plausibility}, which lowers the quality of those that
 * can't be measurements, and says of each channel what is wrong with it. Pure: it knows no clock
 * but the one it is given.
 */
@NullMarked
package dev.vigil.sensor.plausibility;

import org.jspecify.annotations.NullMarked;
