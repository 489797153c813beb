package dev.vigil.node.ingest;

/** A message of the node for its subscribers. The payload is never changed, nor compared. */
@SuppressWarnings("ArrayRecordComponent")
record Publication(String topic, byte[] payload, boolean retained) {}
