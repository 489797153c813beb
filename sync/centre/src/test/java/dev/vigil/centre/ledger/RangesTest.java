package dev.vigil.centre.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangesTest {
    private static final int REACH = 40;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isTheSameSetAsOneThatKeepsEachNumber(long seed) {
        var random = new Random(seed);
        Ranges ranges = Ranges.NONE;
        var naive = new TreeSet<Long>();
        for (int step = 0; step < 500; step++) {
            Range range = range(random);
            boolean add = random.nextInt(5) < 3;
            ranges = add ? ranges.plus(range) : ranges.minus(range);
            for (long n = range.from(); n <= range.through(); n++) {
                if (add) {
                    naive.add(n);
                } else {
                    naive.remove(n);
                }
            }
            assertEquals(naive, numbers(ranges));
            assertEquals(naive.size(), ranges.size());
            assertEquals(naive.isEmpty() ? 0 : naive.last(), ranges.last());
            long asked = 1L + random.nextInt(REACH);
            assertEquals(naive.contains(asked), ranges.through(asked) >= asked);
            Ranges other = some(random);
            var common = new TreeSet<>(naive);
            common.retainAll(numbers(other));
            assertEquals(common, numbers(ranges.and(other)));
            var both = new TreeSet<>(naive);
            both.addAll(numbers(other));
            assertEquals(both, numbers(ranges.plus(other)));
            var rest = new TreeSet<>(naive);
            rest.removeAll(numbers(other));
            assertEquals(rest, numbers(ranges.minus(other)));
        }
    }

    @Test
    void refusesRangesThatTouch() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Ranges(List.of(new Range(1, 3), new Range(4, 5))));
        assertThrows(IllegalArgumentException.class, () -> new Range(5, 4));
        assertThrows(IllegalArgumentException.class, () -> new Range(0, 4));
    }

    private static Ranges some(Random random) {
        Ranges some = Ranges.NONE;
        for (int i = random.nextInt(6); i > 0; i--) {
            some = some.plus(range(random));
        }
        return some;
    }

    private static Range range(Random random) {
        long from = 1L + random.nextInt(REACH);
        return new Range(from, from + random.nextInt(8));
    }

    private static Set<Long> numbers(Ranges ranges) {
        var numbers = new TreeSet<Long>();
        for (Range range : ranges.list()) {
            for (long n = range.from(); n <= range.through(); n++) {
                numbers.add(n);
            }
        }
        return numbers;
    }
}
