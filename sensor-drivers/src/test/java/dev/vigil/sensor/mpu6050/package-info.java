@NullMarked
package dev.vigil.sensor.mpu6050;

import org.jspecify.annotations.NullMarked;
