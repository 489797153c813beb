/**
 * The node's own hardware: contacts on GPIO lines ({@link dev.vigil.node.devices.ContactWatch}) and
 * outputs: on such lines ({@link dev.vigil.node.devices.GpioOutputLine}), and those that take their
 * time on threads of their own ({@link dev.vigil.node.devices.AsideOutput}).
 */
@NullMarked
package dev.vigil.node.devices;

import org.jspecify.annotations.NullMarked;
