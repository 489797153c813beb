/**
 * The life of policies on a running node. An operator's word comes from the command line through
 * the page's server to the {@link dev.vigil.node.policies.PolicyKeeper}, a thread of its own: it
 * verifies and installs bundles, runs candidates in the shadow of the armed ones, has the pipeline
 * swap them between two batches ({@link dev.vigil.node.watch.PolicyGate}), replaces what is in
 * quarantine, and writes the state of all of them down ({@link
 * dev.vigil.node.policies.SnapshotFolder}). After a restart {@link
 * dev.vigil.node.policies.PolicyHistory} brings them back to where they were.
 */
@NullMarked
package dev.vigil.node.policies;

import org.jspecify.annotations.NullMarked;
