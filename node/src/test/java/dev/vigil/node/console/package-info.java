@NullMarked
package dev.vigil.node.console;

import org.jspecify.annotations.NullMarked;
