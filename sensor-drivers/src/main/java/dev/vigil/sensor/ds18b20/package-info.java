/** Maxim's DS18B20: temperature over the kernel's 1-Wire. */
@NullMarked
package dev.vigil.sensor.ds18b20;

import org.jspecify.annotations.NullMarked;
