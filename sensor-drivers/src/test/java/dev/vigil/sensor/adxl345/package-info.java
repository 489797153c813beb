@NullMarked
package dev.vigil.sensor.adxl345;

import org.jspecify.annotations.NullMarked;
