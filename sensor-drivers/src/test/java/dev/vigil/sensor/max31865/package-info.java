@NullMarked
package dev.vigil.sensor.max31865;

import org.jspecify.annotations.NullMarked;
