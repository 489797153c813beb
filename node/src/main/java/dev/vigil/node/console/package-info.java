/** What people see of a running node: status page, health, metrics. */
@NullMarked
package dev.vigil.node.console;

import org.jspecify.annotations.NullMarked;
