@NullMarked
package dev.vigil.sensor.sht3x;

import org.jspecify.annotations.NullMarked;
