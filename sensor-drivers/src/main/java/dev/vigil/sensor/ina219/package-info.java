/** TI's INA219: voltage and current of the supply over I2C. */
@NullMarked
package dev.vigil.sensor.ina219;

import org.jspecify.annotations.NullMarked;
