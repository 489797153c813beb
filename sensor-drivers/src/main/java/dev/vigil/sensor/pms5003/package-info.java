/** Plantower's PMS5003: particles in the air over a serial line. */
@NullMarked
package dev.vigil.sensor.pms5003;

import org.jspecify.annotations.NullMarked;
