/** The drivers that a site.yaml names and a scan recognises: a new one is one more entry here. */
@NullMarked
package dev.vigil.sensor.driver;

import org.jspecify.annotations.NullMarked;
