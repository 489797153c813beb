@NullMarked
package dev.vigil.sensor.plausibility;

import org.jspecify.annotations.NullMarked;
