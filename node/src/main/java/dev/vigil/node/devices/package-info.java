/**
 * The node's own hardware: contacts on GPIO lines ({@link dev.vigil.node.devices.ContactWatch}) and
 * outputs on them ({@link dev.vigil.node.devices.GpioOutputLine}).
 */
@NullMarked
package dev.vigil.node.devices;

import org.jspecify.annotations.NullMarked;
