/** The tests of this module and, as its test-jar, the kit that other modules test with. */
@NullMarked
package dev.vigil.forward;

import org.jspecify.annotations.NullMarked;
