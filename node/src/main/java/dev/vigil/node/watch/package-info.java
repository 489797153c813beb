/**
 * The watch itself: the pipeline judges arrivals, incidents open and clear, outputs sound, the
 * committer makes it durable and lets the senders know.
 */
@NullMarked
package dev.vigil.node.watch;

import org.jspecify.annotations.NullMarked;
