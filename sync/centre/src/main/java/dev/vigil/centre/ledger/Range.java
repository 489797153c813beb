package dev.vigil.centre.ledger;

/**
 * Sequences {@code from} to {@code through}, both included. Immutable.
 *
 * @param from at least 1
 * @param through at least {@code from}
 */
record Range(long from, long through) {
    Range {
        if (from < 1 || through < from) {
            throw new IllegalArgumentException(
                    "range %d to %d: begins at 1 or above and does not end before it begins"
                            .formatted(from, through));
        }
    }

    /** How many sequences. */
    long size() {
        return through - from + 1;
    }

    @Override
    public String toString() {
        return from == through ? Long.toString(from) : from + "-" + through;
    }
}
