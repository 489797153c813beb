/** What a measured voltage means: gas sensors, supervised contact lines, 4-20 mA loops. Pure. */
@NullMarked
package dev.vigil.sensor.analog;

import org.jspecify.annotations.NullMarked;
