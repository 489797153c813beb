/**
 * Pi4J's context over Vigil's ports, for code that is written for Pi4J. On a JVM only; nothing of
 * the node uses it (decision 0128).
 */
@NullMarked
package dev.vigil.sensor.pi4j;

import org.jspecify.annotations.NullMarked;
