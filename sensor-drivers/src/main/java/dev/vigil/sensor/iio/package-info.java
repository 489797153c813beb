/** Any channel of the kernel's Industrial I/O subsystem. */
@NullMarked
package dev.vigil.sensor.iio;

import org.jspecify.annotations.NullMarked;
