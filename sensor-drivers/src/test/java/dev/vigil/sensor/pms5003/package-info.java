@NullMarked
package dev.vigil.sensor.pms5003;

import org.jspecify.annotations.NullMarked;
