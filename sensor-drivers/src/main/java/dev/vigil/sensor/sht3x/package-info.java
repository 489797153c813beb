/** Sensirion's SHT3x: temperature and humidity over I2C. */
@NullMarked
package dev.vigil.sensor.sht3x;

import org.jspecify.annotations.NullMarked;
