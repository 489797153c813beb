/** Tilt and vibration from accelerations. Pure. */
@NullMarked
package dev.vigil.sensor.motion;

import org.jspecify.annotations.NullMarked;
