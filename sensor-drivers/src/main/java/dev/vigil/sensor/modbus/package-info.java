/**
 * Registers of Modbus devices, over TCP or a serial line. Messages are encoded and decoded by
 * com.digitalpetri.modbus; its clients, which have threads of their own, are not used: a bus'
 * thread asks and waits.
 */
@NullMarked
package dev.vigil.sensor.modbus;

import org.jspecify.annotations.NullMarked;
