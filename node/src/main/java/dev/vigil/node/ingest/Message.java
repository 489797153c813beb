package dev.vigil.node.ingest;

import java.time.Instant;

/**
 * A message as it is read; used at once and not kept, so the bytes may be a buffer that is used
 * again.
 *
 * @param retained a broker kept it from an unknown time before: a state, not a measurement of now
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Message(
        String topic, byte[] bytes, int offset, int length, Instant receivedAt, boolean retained) {
    static Message of(String topic, byte[] payload, Instant receivedAt) {
        return new Message(topic, payload, 0, payload.length, receivedAt, false);
    }
}
