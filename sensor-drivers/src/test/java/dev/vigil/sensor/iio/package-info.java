@NullMarked
package dev.vigil.sensor.iio;

import org.jspecify.annotations.NullMarked;
