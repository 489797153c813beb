@NullMarked
package dev.vigil.centre.bridge;

import org.jspecify.annotations.NullMarked;
