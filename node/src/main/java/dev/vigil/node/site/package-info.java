/**
 * site.yaml: what the node is, senses, judges, sounds and sends; validated as a whole before
 * anything starts.
 */
@NullMarked
package dev.vigil.node.site;

import org.jspecify.annotations.NullMarked;
