@NullMarked
package dev.vigil.sensor;

import org.jspecify.annotations.NullMarked;
