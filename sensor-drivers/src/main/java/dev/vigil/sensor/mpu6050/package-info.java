/** InvenSense's MPU-6050: acceleration, tilt and vibration over I2C. */
@NullMarked
package dev.vigil.sensor.mpu6050;

import org.jspecify.annotations.NullMarked;
