@NullMarked
package dev.vigil.sensor.bus.linux;

import org.jspecify.annotations.NullMarked;
