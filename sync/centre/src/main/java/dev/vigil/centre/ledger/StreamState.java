package dev.vigil.centre.ledger;

/** All the ledger knows of one stream. Immutable; stored as {@link StreamStateCodec} writes it. */
record StreamState(Sequences sequences, Waiting waiting, Sight sight) {
    static final StreamState NEW = new StreamState(Sequences.NONE, Waiting.NOTHING, Sight.NOTHING);

    StreamState with(Sequences changed) {
        return new StreamState(changed, waiting, sight);
    }

    StreamState with(Waiting changed) {
        return new StreamState(sequences, changed, sight);
    }

    StreamState with(Sight changed) {
        return new StreamState(sequences, waiting, changed);
    }
}
