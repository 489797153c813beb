@NullMarked
package dev.vigil.node.policies;

import org.jspecify.annotations.NullMarked;
