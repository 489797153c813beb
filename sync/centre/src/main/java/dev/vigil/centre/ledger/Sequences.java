package dev.vigil.centre.ledger;

/**
 * What is known of a stream's sequences. Immutable.
 *
 * <p>Below {@code floor} everything is settled and only counted; above it each sequence is received
 * (published or held), lost (the node said so), unused (the node never gave it to a record), or
 * missing. A lost sequence that arrives after all becomes a received one.
 *
 * @param floor all sequences up to this one are settled: what comes for them is a copy
 * @param receivedBelow how many of those were received
 * @param lostBelow how many of those were lost
 * @param missingBelow how many of those nobody accounts for: given up because there were too many
 *     gaps to remember
 */
record Sequences(
        long floor,
        Ranges received,
        Ranges lost,
        Ranges unused,
        long receivedBelow,
        long lostBelow,
        long missingBelow) {
    static final Sequences NONE = new Sequences(0, Ranges.NONE, Ranges.NONE, Ranges.NONE, 0, 0, 0);

    /** The part of {@code range} that has not been received. */
    Ranges fresh(Range range) {
        if (range.through() <= floor) {
            return Ranges.NONE;
        }
        Ranges above = Ranges.of(new Range(Math.max(range.from(), floor + 1), range.through()));
        return received.isEmpty() ? above : above.minus(received);
    }

    Sequences receive(Ranges fresh) {
        return new Sequences(
                        floor,
                        received.plus(fresh),
                        lost.isEmpty() ? lost : lost.minus(fresh),
                        unused.isEmpty() ? unused : unused.minus(fresh),
                        receivedBelow,
                        lostBelow,
                        missingBelow)
                .raised();
    }

    /** The part of {@code range} that nobody accounts for yet, as lost or as unused. */
    Sequences explain(Range range, boolean neverUsed) {
        Ranges open = fresh(range).minus(lost).minus(unused);
        return new Sequences(
                floor,
                received,
                neverUsed ? lost : lost.plus(open),
                neverUsed ? unused.plus(open) : unused,
                receivedBelow,
                lostBelow,
                missingBelow);
    }

    /** Above the floor: received, lost or unused. */
    Ranges accounted() {
        return lost.isEmpty() && unused.isEmpty() ? received : received.plus(lost).plus(unused);
    }

    /** The highest sequence that is accounted for. */
    long highest() {
        return Math.max(Math.max(floor, received.last()), Math.max(lost.last(), unused.last()));
    }

    /** Up to here everything is accounted for. */
    long through() {
        return accounted().through(floor + 1);
    }

    /** Below the highest and accounted for by nobody. */
    Ranges gaps() {
        long highest = highest();
        return highest == floor
                ? Ranges.NONE
                : Ranges.of(new Range(floor + 1, highest)).minus(accounted());
    }

    long receivedCount() {
        return receivedBelow + received.size();
    }

    long lostCount() {
        return lostBelow + lost.size();
    }

    long missingCount() {
        return missingBelow + gaps().size();
    }

    int rangeCount() {
        return received.list().size() + lost.list().size() + unused.list().size();
    }

    /** Settles the lowest range above the floor, and the gap before it, whatever was missing. */
    Sequences raisedOverLowest() {
        Range lowest = accounted().list().getFirst();
        Range below = new Range(floor + 1, lowest.through());
        Ranges all = Ranges.of(below);
        return new Sequences(
                        lowest.through(),
                        received.minus(below),
                        lost.minus(below),
                        unused.minus(below),
                        receivedBelow + received.and(all).size(),
                        lostBelow + lost.and(all).size(),
                        missingBelow + lowest.from() - below.from())
                .raised();
    }

    /** What was received without a hole from the floor on need not be remembered one by one. */
    private Sequences raised() {
        long through = received.through(floor + 1);
        return through == floor
                ? this
                : new Sequences(
                        through,
                        received.minus(new Range(floor + 1, through)),
                        lost,
                        unused,
                        receivedBelow + through - floor,
                        lostBelow,
                        missingBelow);
    }
}
