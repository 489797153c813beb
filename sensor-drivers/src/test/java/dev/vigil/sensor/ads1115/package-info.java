@NullMarked
package dev.vigil.sensor.ads1115;

import org.jspecify.annotations.NullMarked;
