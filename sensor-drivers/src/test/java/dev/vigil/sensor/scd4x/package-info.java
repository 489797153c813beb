@NullMarked
package dev.vigil.sensor.scd4x;

import org.jspecify.annotations.NullMarked;
