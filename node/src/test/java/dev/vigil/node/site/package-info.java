@NullMarked
package dev.vigil.node.site;

import org.jspecify.annotations.NullMarked;
