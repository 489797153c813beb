@NullMarked
package dev.vigil.sensor.driver;

import org.jspecify.annotations.NullMarked;
