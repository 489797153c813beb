/** Maxim's MAX31865: platinum resistance thermometers over SPI. */
@NullMarked
package dev.vigil.sensor.max31865;

import org.jspecify.annotations.NullMarked;
