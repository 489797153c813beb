/** The node: composition of ingest, pipeline, incidents, outputs, status page and command line. */
@NullMarked
package dev.vigil.node;

import org.jspecify.annotations.NullMarked;
