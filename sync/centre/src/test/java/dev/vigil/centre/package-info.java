@NullMarked
package dev.vigil.centre;

import org.jspecify.annotations.NullMarked;
