@NullMarked
package dev.vigil.sensor.bme280;

import org.jspecify.annotations.NullMarked;
