package dev.vigil.centre.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of sequences, kept as its maximal ranges in ascending order: no two of them overlap or
 * touch. Immutable.
 */
record Ranges(List<Range> list) {
    static final Ranges NONE = new Ranges(List.of());

    Ranges {
        list = List.copyOf(list);
        for (int i = 1; i < list.size(); i++) {
            if (list.get(i).from() <= list.get(i - 1).through() + 1) {
                throw new IllegalArgumentException(
                        "ranges %s: ascending, and apart from one another".formatted(list));
            }
        }
    }

    static Ranges of(Range range) {
        return new Ranges(List.of(range));
    }

    boolean isEmpty() {
        return list.isEmpty();
    }

    /** How many sequences. */
    long size() {
        long size = 0;
        for (Range range : list) {
            size += range.size();
        }
        return size;
    }

    /** The lowest sequence; there must be one. */
    long first() {
        return list.getFirst().from();
    }

    /** The highest sequence, or 0 when there is none. */
    long last() {
        return list.isEmpty() ? 0 : list.getLast().through();
    }

    boolean contains(long sequence) {
        return through(sequence) >= sequence;
    }

    /** The end of the range that holds {@code sequence}; {@code sequence - 1} when none does. */
    long through(long sequence) {
        for (Range range : list) {
            if (range.from() <= sequence && sequence <= range.through()) {
                return range.through();
            }
        }
        return sequence - 1;
    }

    Ranges plus(Range added) {
        if (list.isEmpty() || added.from() > last() + 1) {
            var longer = new ArrayList<Range>(list);
            longer.add(added);
            return new Ranges(longer);
        }
        var joined = new ArrayList<Range>(list.size() + 1);
        long from = added.from();
        long through = added.through();
        int i = 0;
        while (i < list.size() && list.get(i).through() + 1 < from) {
            joined.add(list.get(i++));
        }
        while (i < list.size() && list.get(i).from() <= through + 1) {
            from = Math.min(from, list.get(i).from());
            through = Math.max(through, list.get(i).through());
            i++;
        }
        joined.add(new Range(from, through));
        joined.addAll(list.subList(i, list.size()));
        return new Ranges(joined);
    }

    Ranges plus(Ranges added) {
        Ranges sum = this;
        for (Range range : added.list) {
            sum = sum.plus(range);
        }
        return sum;
    }

    Ranges minus(Range removed) {
        var rest = new ArrayList<Range>(list.size() + 1);
        for (Range range : list) {
            if (range.through() < removed.from() || range.from() > removed.through()) {
                rest.add(range);
                continue;
            }
            if (range.from() < removed.from()) {
                rest.add(new Range(range.from(), removed.from() - 1));
            }
            if (range.through() > removed.through()) {
                rest.add(new Range(removed.through() + 1, range.through()));
            }
        }
        return new Ranges(rest);
    }

    Ranges minus(Ranges removed) {
        Ranges rest = this;
        for (Range range : removed.list) {
            rest = rest.minus(range);
        }
        return rest;
    }

    /** What both have. */
    Ranges and(Ranges other) {
        return minus(minus(other));
    }
}
