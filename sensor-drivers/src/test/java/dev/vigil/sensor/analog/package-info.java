@NullMarked
package dev.vigil.sensor.analog;

import org.jspecify.annotations.NullMarked;
