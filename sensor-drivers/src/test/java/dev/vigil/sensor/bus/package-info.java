@NullMarked
package dev.vigil.sensor.bus;

import org.jspecify.annotations.NullMarked;
