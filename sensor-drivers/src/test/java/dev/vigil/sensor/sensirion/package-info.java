@NullMarked
package dev.vigil.sensor.sensirion;

import org.jspecify.annotations.NullMarked;
