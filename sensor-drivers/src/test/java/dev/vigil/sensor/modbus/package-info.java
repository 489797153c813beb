@NullMarked
package dev.vigil.sensor.modbus;

import org.jspecify.annotations.NullMarked;
