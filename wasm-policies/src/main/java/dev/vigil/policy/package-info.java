/**
 * A reading is judged. {@link dev.vigil.policy.PolicySet} hands each {@link dev.vigil.policy.Batch}
 * to every policy and returns a {@link dev.vigil.policy.Verdict} for each; a policy that fails is
 * {@link dev.vigil.policy.Verdict.Undecided}, never "all clear", and the built-in rule watches in
 * its place.
 */
@NullMarked
package dev.vigil.policy;

import org.jspecify.annotations.NullMarked;
