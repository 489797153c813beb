/** Analog Devices' ADXL345: acceleration, tilt and vibration over I2C. */
@NullMarked
package dev.vigil.sensor.adxl345;

import org.jspecify.annotations.NullMarked;
