/**
 * A reading comes into being: what is measured ({@link dev.vigil.sensor.Quantity}), where ({@link
 * dev.vigil.sensor.SensorChannel}), how far it can be trusted ({@link dev.vigil.sensor.Quality}),
 * and the {@link dev.vigil.sensor.Sensor} contract that drivers fulfil. Plain Java; knows neither
 * policies nor the network.
 */
@NullMarked
package dev.vigil.sensor;

import org.jspecify.annotations.NullMarked;
