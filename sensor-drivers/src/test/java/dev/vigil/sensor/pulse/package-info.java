@NullMarked
package dev.vigil.sensor.pulse;

import org.jspecify.annotations.NullMarked;
