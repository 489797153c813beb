/**
 * Who may change a node's policies, and how a change reaches its disk.
 *
 * <p>Authors and operators (command line):
 *
 * <ol>
 *   <li>{@link dev.vigil.policy.trust.Keys}: key pairs, as the PEM files of the JDK and OpenSSL.
 *   <li>{@link dev.vigil.policy.trust.Bundle#pack}: a module with its manifest, in canonical form.
 *   <li>{@link dev.vigil.policy.trust.Bundle#sign}: the signature file, or one more signature in
 *       it.
 *   <li>{@link dev.vigil.policy.trust.TrustStore}: which keys may do what; written with {@link
 *       dev.vigil.policy.trust.TrustDocument}, signed with the root key.
 * </ol>
 *
 * <p>A node:
 *
 * <ol>
 *   <li>{@link dev.vigil.policy.trust.TrustStore#load}: the keys it trusts.
 *   <li>{@link dev.vigil.policy.trust.Bundle#verify}: {@code Verified} or {@code Refused} with a
 *       reason.
 *   <li>{@link dev.vigil.policy.trust.SiteGrants}: what the site gives a policy.
 *   <li>{@link dev.vigil.policy.trust.Admission}: whether this node can afford it, with what {@link
 *       dev.vigil.policy.PolicyCost} measured.
 *   <li>{@link dev.vigil.policy.trust.PolicyStore}: {@code install} makes it the candidate, {@code
 *       arm} the one to run, {@code rollback} goes back; a power cut at any point leaves what was
 *       armed armed.
 * </ol>
 */
@NullMarked
package dev.vigil.policy.trust;

import org.jspecify.annotations.NullMarked;
