/** What Sensirion's I2C sensors have in common: 16-bit words, each with its checksum. */
@NullMarked
package dev.vigil.sensor.sensirion;

import org.jspecify.annotations.NullMarked;
