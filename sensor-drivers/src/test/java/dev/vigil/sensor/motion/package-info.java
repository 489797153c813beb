@NullMarked
package dev.vigil.sensor.motion;

import org.jspecify.annotations.NullMarked;
