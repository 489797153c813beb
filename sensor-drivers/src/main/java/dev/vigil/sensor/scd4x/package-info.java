/** Sensirion's SCD4x: carbon dioxide, temperature and humidity over I2C. */
@NullMarked
package dev.vigil.sensor.scd4x;

import org.jspecify.annotations.NullMarked;
