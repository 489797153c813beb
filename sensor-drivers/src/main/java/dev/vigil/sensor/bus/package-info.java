/**
 * The ports between drivers and hardware: {@link dev.vigil.sensor.bus.I2cBus}, {@link
 * dev.vigil.sensor.bus.SpiBus}, {@link dev.vigil.sensor.bus.SerialPort}, {@link
 * dev.vigil.sensor.bus.KernelDevice} (1-Wire, IIO and hwmon, which the kernel drives) and {@link
 * dev.vigil.sensor.bus.GpioChip}. A driver is given its bus and opens none itself; tests give it a
 * script of transactions instead.
 *
 * <p>For all of them: one thread owns a port and calls it; a call may block for as long as the
 * kernel does; what goes wrong is a {@link dev.vigil.sensor.BusFault}. After a fault the same port
 * can be used again: it finds its device anew.
 */
@NullMarked
package dev.vigil.sensor.bus;

import org.jspecify.annotations.NullMarked;
