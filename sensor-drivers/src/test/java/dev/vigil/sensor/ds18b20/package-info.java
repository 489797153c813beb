@NullMarked
package dev.vigil.sensor.ds18b20;

import org.jspecify.annotations.NullMarked;
