/** Bosch's BME280: temperature, humidity and pressure of the air over I2C. */
@NullMarked
package dev.vigil.sensor.bme280;

import org.jspecify.annotations.NullMarked;
