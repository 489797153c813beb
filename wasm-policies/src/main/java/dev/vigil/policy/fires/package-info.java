/**
 * The shipped policies on recorded fires: {@link dev.vigil.policy.fires.Fires} makes the tables of
 * wasm-policies/README.md. A command line; nothing of a node uses it.
 */
@NullMarked
package dev.vigil.policy.fires;

import org.jspecify.annotations.NullMarked;
