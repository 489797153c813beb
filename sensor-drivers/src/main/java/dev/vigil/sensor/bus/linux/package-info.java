/**
 * The ports on a Linux machine: character devices of GPIO, I2C, SPI and serial ports, and sysfs.
 * What goes over to the kernel is written by {@link dev.vigil.sensor.bus.linux.GpioStructs} and its
 * like into a {@link dev.vigil.sensor.bus.linux.Memory}; {@link
 * dev.vigil.sensor.bus.linux.SystemCalls} brings it there, in one way on a JVM and in another in a
 * native executable.
 */
@NullMarked
package dev.vigil.sensor.bus.linux;

import org.jspecify.annotations.NullMarked;
