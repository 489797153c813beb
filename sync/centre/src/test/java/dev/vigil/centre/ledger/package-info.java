@NullMarked
package dev.vigil.centre.ledger;

import org.jspecify.annotations.NullMarked;
