package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceTest {
    private static final Duration FIRST = Duration.ofSeconds(4);
    private static final Duration MAX = Duration.ofSeconds(60);

    private final Preference two = new Preference(2, FIRST, MAX, new Random(1));
    private Instant now = Samples.START;

    @Test
    void theFirstIsUsedWhileItWorks() {
        two.succeeded(0);
        assertEquals(to(0), two.route(now));
    }

    @Test
    void whileTheFirstIsOpenTheNextIsUsedAndNothingIsTried() {
        two.failed(0, now);
        assertEquals(to(1), two.route(now));
        now = now.plusMillis(1_999); // a pause is at least the half of its step
        assertEquals(to(1), two.route(now));
        assertEquals(1, two.current());
    }

    @Test
    void afterThePauseACopyTriesTheFirstAndItsSuccessBringsItBack() {
        two.failed(0, now);
        now = now.plus(FIRST);
        assertEquals(new Preference.Route(1, OptionalInt.of(0)), two.route(now));
        assertEquals(to(1), two.route(now), "one copy only while it is tried");
        two.succeeded(0);
        assertEquals(to(0), two.route(now));
    }

    @Test
    void aTryThatFailsMakesALongerPause() {
        for (int step = 4; step <= 60; step = Math.min(60, step * 2)) {
            two.failed(0, now);
            Instant until = assertInstanceOf(Breaker.Open.class, two.breaker(0)).until();
            Duration pause = Duration.between(now, until);
            assertTrue(
                    pause.compareTo(Duration.ofSeconds(step)) <= 0
                            && pause.multipliedBy(2).compareTo(Duration.ofSeconds(step)) >= 0,
                    pause + " of step " + step);
            now = now.plus(MAX);
            assertEquals(new Preference.Route(1, OptionalInt.of(0)), two.route(now));
            if (step == 60) {
                return;
            }
        }
    }

    @Test
    void failuresOfWhatWasSentBeforeDoNotMakeThePauseLonger() {
        two.failed(0, now);
        Breaker open = two.breaker(0);
        two.failed(0, now.plusSeconds(1));
        assertEquals(open, two.breaker(0));
    }

    @Test
    void whenNoneWorksTheyAreTriedInTurn() {
        two.failed(0, now);
        two.failed(1, now);
        var used = new int[2];
        for (int i = 0; i < 20; i++) {
            int to = two.route(now).to();
            used[to]++;
            two.failed(to, now);
            now = now.plusSeconds(5);
        }
        assertTrue(used[0] >= 5 && used[1] >= 5, used[0] + " and " + used[1]);
    }

    @Test
    void aClockThatLeapsBackForYearsDoesNotKeepItFromBeingTried() {
        two.failed(0, now);
        now = now.minus(Duration.ofDays(20 * 365));
        assertEquals(new Preference.Route(1, OptionalInt.of(0)), two.route(now));
    }

    @Test
    void oneAloneIsAlwaysUsed() {
        var one = new Preference(1, FIRST, MAX, new Random(1));
        one.failed(0, now);
        assertEquals(to(0), one.route(now));
        assertEquals(to(0), one.route(now.plus(MAX)));
        one.succeeded(0);
        assertEquals(to(0), one.route(now));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theFirstClosedOneIsUsedWhateverHappens(long seed) {
        var random = new Random(seed);
        var four = new Preference(4, FIRST, MAX, random);
        for (int i = 0; i < 10_000; i++) {
            now = now.plusMillis(random.nextInt(1_000));
            int index = random.nextInt(4);
            switch (random.nextInt(3)) {
                case 0 -> four.succeeded(index);
                case 1 -> four.failed(index, now);
                default -> {
                    OptionalInt closed =
                            IntStream.range(0, 4)
                                    .filter(n -> four.breaker(n) instanceof Breaker.Closed)
                                    .findFirst();
                    Preference.Route route = four.route(now);
                    closed.ifPresent(first -> assertEquals(first, route.to()));
                    route.trial()
                            .ifPresent(
                                    trial -> {
                                        assertTrue(trial < route.to());
                                        assertInstanceOf(
                                                Breaker.HalfOpen.class, four.breaker(trial));
                                    });
                }
            }
        }
    }

    private static Preference.Route to(int index) {
        return new Preference.Route(index, OptionalInt.empty());
    }
}
