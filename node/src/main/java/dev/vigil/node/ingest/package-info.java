/**
 * Messages come in: MQTT endpoint and MQTT client, topic map, payload forms, quarantine. Everything
 * ends as an {@link dev.vigil.node.ingest.Arrival} in the {@link dev.vigil.node.ingest.Inbox}.
 */
@NullMarked
package dev.vigil.node.ingest;

import org.jspecify.annotations.NullMarked;
