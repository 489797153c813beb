@NullMarked
package dev.vigil.node.devices;

import org.jspecify.annotations.NullMarked;
