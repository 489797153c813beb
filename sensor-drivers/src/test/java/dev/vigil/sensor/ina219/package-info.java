@NullMarked
package dev.vigil.sensor.ina219;

import org.jspecify.annotations.NullMarked;
