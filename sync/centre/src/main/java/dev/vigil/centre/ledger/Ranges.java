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
        return plus(of(added));
    }

    /** In one pass over both. */
    Ranges plus(Ranges added) {
        if (list.isEmpty() || added.list.isEmpty()) {
            return list.isEmpty() ? added : this;
        }
        var sum = new ArrayList<Range>(list.size() + added.list.size());
        int i = 0;
        int j = 0;
        Range open = null;
        while (i < list.size() || j < added.list.size()) {
            boolean own =
                    j == added.list.size()
                            || (i < list.size() && list.get(i).from() <= added.list.get(j).from());
            Range next = own ? list.get(i++) : added.list.get(j++);
            if (open == null) {
                open = next;
            } else if (next.from() <= open.through() + 1) {
                open = new Range(open.from(), Math.max(open.through(), next.through()));
            } else {
                sum.add(open);
                open = next;
            }
        }
        sum.add(open);
        return new Ranges(sum);
    }

    Ranges minus(Range removed) {
        return minus(of(removed));
    }

    /** In one pass over both. */
    Ranges minus(Ranges removed) {
        if (list.isEmpty() || removed.list.isEmpty()) {
            return this;
        }
        var rest = new ArrayList<Range>(list.size() + 1);
        int next = 0;
        for (Range range : list) {
            long from = range.from();
            while (next < removed.list.size() && removed.list.get(next).from() <= range.through()) {
                Range gone = removed.list.get(next);
                if (gone.from() > from) {
                    rest.add(new Range(from, gone.from() - 1));
                }
                from = Math.max(from, gone.through() + 1);
                if (gone.through() > range.through()) {
                    break; // it takes from the next one too
                }
                next++;
            }
            if (from <= range.through()) {
                rest.add(new Range(from, range.through()));
            }
        }
        return new Ranges(rest);
    }

    /** What both have. */
    Ranges and(Ranges other) {
        return minus(minus(other));
    }
}
