/** TI's ADS1115: four voltages over I2C, each turned into what its transducer measures. */
@NullMarked
package dev.vigil.sensor.ads1115;

import org.jspecify.annotations.NullMarked;
