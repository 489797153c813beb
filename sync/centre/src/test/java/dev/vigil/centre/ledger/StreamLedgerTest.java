package dev.vigil.centre.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StreamLedgerTest {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Window HISTORY = Window.of(Lane.HISTORY, WAIT);
    private static final Window ALARM = Window.of(Lane.ALARM, WAIT);

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("vigil.seeds", 100));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void publishesEachRecordOnceAndInOrderWhateverTheWireDoes(long seed) {
        var random = new Random(seed);
        var book = new Book(new Window(4, 10_000, WAIT, 1_024));
        List<Range> sent = shuffled(random, copied(random, blocks(random, 60)), 3);
        long last = sent.stream().mapToLong(Range::through).max().orElseThrow();

        Instant now = Book.START;
        for (Range block : sent) {
            now = now.plusMillis(10);
            book.arrive(now, block.from(), block.through());
        }

        assertEquals(LongStream.rangeClosed(1, last).boxed().toList(), sorted(book.published));
        assertEquals(last, book.state().sequences().through());
        assertEquals(last, book.state().sequences().receivedCount());
        assertEquals(
                sent.stream().mapToLong(Range::size).sum() - last, book.state().sight().copies());
        assertEquals(List.of(), book.reports);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsTheOrderWhereTheWindowIsWideEnough(long seed) {
        var random = new Random(seed);
        var book = new Book(HISTORY);
        List<Range> blocks = blocks(random, 60);
        Collections.shuffle(blocks, random);

        for (Range block : blocks) {
            book.arrive(Book.START, block.from(), block.through());
        }

        assertEquals(sorted(book.published), book.published);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void accountsForEveryGapUnderLossesLateBlocksAndCopiesCutAnew(long seed) {
        var random = new Random(seed);
        var book = new Book(random.nextBoolean() ? ALARM : new Window(3, 350, WAIT, 1_024));
        List<Range> all = blocks(random, 60);
        var dropped = new ArrayList<Range>();
        var kept = new ArrayList<Range>();
        all.forEach(block -> (random.nextInt(5) == 0 ? dropped : kept).add(block));
        kept.add(new Range(all.getLast().through() + 1, all.getLast().through() + 2));
        var expected = new TreeSet<Long>();
        kept.forEach(block -> addAll(expected, block));

        Instant now = Book.START;
        for (Range block : shuffled(random, copied(random, kept), 5)) {
            now = now.plusSeconds(random.nextInt(10));
            book.arrive(now, block.from(), block.through());
            book.tick(now);
        }
        book.tick(now.plus(WAIT));

        var missing = new TreeSet<Long>();
        dropped.forEach(block -> addAll(missing, block));
        assertEquals(List.copyOf(expected), sorted(book.published));
        assertEquals(missing, numbers(book.missing()));
        assertEquals(missing, reportedOpen(book));
        assertEquals(missing.size(), book.state().sequences().missingCount());

        for (Range block : dropped) {
            now = now.plusSeconds(1);
            if (random.nextBoolean()) {
                book.lose(now, block.from(), block.through(), "space: budget");
            } else {
                book.arrive(now, block.from(), block.through());
                addAll(expected, block);
            }
        }
        assertEquals(List.copyOf(expected), sorted(book.published));
        assertEquals(Ranges.NONE, book.missing());
        assertEquals(new TreeSet<Long>(), reportedOpen(book));
        assertEquals(
                kept.getLast().through() - expected.size(), book.state().sequences().lostCount());
        assertEquals(kept.getLast().through(), book.state().sequences().through());
    }

    @Test
    void anAlarmDoesNotWaitForWhatIsMissingBeforeIt() {
        var book = new Book(ALARM);
        book.arrive(Book.START, 5, 5);
        assertEquals(List.of(5L), book.published);
        assertEquals(0, book.state().sequences().through());
        book.tick(Book.START.plus(WAIT));
        assertEquals(List.of(new Effect.GapOpened(new Range(1, 4))), book.reports);
        book.arrive(Book.START.plus(WAIT), 1, 4);
        assertEquals(List.of(5L, 1L, 2L, 3L, 4L), book.published);
        assertEquals(new Effect.GapClosed(new Range(1, 4), "arrived"), book.reports.getLast());
    }

    @Test
    void historyWaitsForWhatIsMissingButNotForEver() {
        var book = new Book(HISTORY);
        book.arrive(Book.START, 1, 10);
        book.arrive(Book.START, 21, 30);
        book.tick(Book.START.plus(WAIT).minusMillis(1));
        assertEquals(10, book.published.size());
        assertEquals(1, book.state().waiting().held().size());
        book.tick(Book.START.plus(WAIT));
        assertEquals(20, book.published.size());
        assertEquals(List.of(new Effect.GapOpened(new Range(11, 20))), book.reports);
        // The next gap has its own time.
        book.arrive(Book.START.plus(WAIT), 41, 50);
        assertEquals(20, book.published.size());
    }

    @Test
    void aLossExplainsAGapAndLetsWhatWaitedGo() {
        var book = new Book(HISTORY);
        book.arrive(Book.START, 21, 30);
        book.lose(Book.START, 1, 20, "space: budget of 400000 bytes");
        assertEquals(LongStream.rangeClosed(21, 30).boxed().toList(), book.published);
        assertEquals(30, book.state().sequences().through());
        assertEquals(20, book.state().sequences().lostCount());
        assertFalse(book.state().waiting().gapSince().isPresent());
    }

    @Test
    void whatWasSaidToBeLostIsTakenWhenItComesAfterAll() {
        var book = new Book(HISTORY);
        book.lose(Book.START, 1, 20, "damage: salvaged");
        book.arrive(Book.START, 6, 10);
        book.arrive(Book.START, 6, 10);
        assertEquals(LongStream.rangeClosed(6, 10).boxed().toList(), book.published);
        assertEquals(15, book.state().sequences().lostCount());
        assertEquals(5, book.state().sequences().receivedCount());
        assertEquals(20, book.state().sequences().through());
    }

    @Test
    void numbersThatWereNeverUsedAreNoLoss() {
        var book = new Book(HISTORY);
        book.arrive(Book.START, 1, 10);
        book.lose(Book.START, 11, 65_546, "unused: skipped after a damaged end");
        book.arrive(Book.START, 65_547, 65_550);
        assertEquals(0, book.state().sequences().lostCount());
        assertEquals(0, book.state().sequences().missingCount());
        assertEquals(65_550, book.state().sequences().through());
        assertEquals(14, book.published.size());
    }

    @Test
    void tooManyGapsToRememberAreAbandonedAndCounted() {
        var book = new Book(new Window(0, 0, WAIT, 10));
        for (long n = 1; n <= 100; n++) {
            book.arrive(Book.START, 2 * n, 2 * n);
        }
        assertEquals(100, book.published.size());
        assertEquals(100, book.state().sequences().missingCount());
        assertEquals(100, book.state().sequences().receivedCount());
        assertEquals(
                90, book.reports.stream().filter(Effect.GapAbandoned.class::isInstance).count());
        assertTrue(book.state().sequences().rangeCount() <= 10);
        // Behind what was abandoned everything is a copy, in what is remembered it is not.
        book.arrive(Book.START, 3, 3);
        book.arrive(Book.START, 199, 199);
        assertEquals(101, book.published.size());
    }

    @Test
    void aSequenceFarAwayDoesNotStopTheStream() {
        var book = new Book(HISTORY);
        book.arrive(Book.START, 1, 10);
        long far = 900_000_000_000_000_000L;
        book.arrive(Book.START, far, far);
        book.arrive(Book.START, 11, 20);
        assertEquals(20, book.published.size());
        book.tick(Book.START.plus(WAIT));
        assertEquals(21, book.published.size());
        book.arrive(Book.START, 21, 30);
        assertEquals(31, book.published.size());
        assertEquals(30, book.state().sequences().through());
    }

    private static List<Range> blocks(Random random, int count) {
        var blocks = new ArrayList<Range>();
        long next = 1;
        for (int i = 0; i < count; i++) {
            long through = next + random.nextInt(random.nextInt(4) == 0 ? 30 : 3);
            blocks.add(new Range(next, through));
            next = through + 1;
        }
        return blocks;
    }

    /** With copies: of the same block, or of some neighbours as one (a journal that was tidied). */
    private static List<Range> copied(Random random, List<Range> blocks) {
        var more = new ArrayList<Range>();
        for (int i = 0; i < blocks.size(); i++) {
            Range block = blocks.get(i);
            more.add(block);
            int copies = random.nextInt(3);
            for (int copy = 0; copy < copies; copy++) {
                int first = Math.max(0, i - random.nextInt(3));
                boolean whole = random.nextBoolean();
                for (int j = first; whole && j < i; j++) {
                    whole = blocks.get(j).through() + 1 == blocks.get(j + 1).from();
                }
                more.add(whole ? new Range(blocks.get(first).from(), block.through()) : block);
            }
        }
        return more;
    }

    /** Each at most so many places away from where it was. */
    private static List<Range> shuffled(Random random, List<Range> blocks, int reach) {
        var places = new ArrayList<double[]>();
        for (int i = 0; i < blocks.size(); i++) {
            places.add(new double[] {i + random.nextDouble() * reach, i});
        }
        places.sort((one, other) -> Double.compare(one[0], other[0]));
        return places.stream().map(place -> blocks.get((int) place[1])).toList();
    }

    private static Set<Long> reportedOpen(Book book) {
        var open = new TreeSet<Long>();
        for (Effect report : book.reports) {
            if (report instanceof Effect.GapOpened(var gap)) {
                addAll(open, gap);
            } else if (report instanceof Effect.GapClosed(var gap, _)) {
                for (long n = gap.from(); n <= gap.through(); n++) {
                    assertTrue(open.remove(n), n + " closed and never opened");
                }
            }
        }
        return open;
    }

    private static void addAll(Set<Long> numbers, Range range) {
        for (long n = range.from(); n <= range.through(); n++) {
            numbers.add(n);
        }
    }

    private static Set<Long> numbers(Ranges ranges) {
        var numbers = new TreeSet<Long>();
        ranges.list().forEach(range -> addAll(numbers, range));
        return numbers;
    }

    private static List<Long> sorted(List<Long> numbers) {
        return numbers.stream().sorted().toList();
    }
}
