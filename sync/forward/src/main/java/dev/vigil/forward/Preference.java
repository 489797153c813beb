package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * Which of several uplinks, in order of preference, is to take a block: the first whose {@link
 * Breaker} is closed. One before it whose pause is over gets a copy of the block, which decides
 * whether it is used again; so nothing waits for a try that fails. When none is closed, they are
 * tried in turn. Owned by the shipper's thread; knows no network and no clock.
 */
final class Preference {
    private final Duration pauseMax;
    private final List<Way> ways = new ArrayList<>();

    /**
     * Where a block goes.
     *
     * @param to index of the uplink whose outcome counts
     * @param trial of one that gets a copy
     */
    record Route(int to, OptionalInt trial) {}

    private static final class Way {
        private final Backoff backoff;
        private Breaker breaker = new Breaker.Closed();

        private Way(Backoff backoff) {
            this.backoff = backoff;
        }
    }

    /**
     * All are closed.
     *
     * @param pauseFirst before the first try after a failure; doubles up to {@code pauseMax}
     */
    Preference(int uplinks, Duration pauseFirst, Duration pauseMax, RandomGenerator random) {
        if (uplinks < 1) {
            throw new IllegalArgumentException("preference among %d uplinks".formatted(uplinks));
        }
        this.pauseMax = pauseMax;
        for (int i = 0; i < uplinks; i++) {
            ways.add(new Way(new Backoff(pauseFirst, pauseMax, random)));
        }
    }

    /** A block is to be sent now. */
    Route route(Instant now) {
        int closed = firstClosed();
        OptionalInt due = firstDue(closed, now);
        due.ifPresent(index -> ways.get(index).breaker = new Breaker.HalfOpen());
        if (closed < ways.size()) {
            return new Route(closed, due);
        }
        return new Route(due.orElseGet(this::firstTried), OptionalInt.empty());
    }

    /** Where blocks would go if nothing were tried. */
    int current() {
        int closed = firstClosed();
        return closed < ways.size() ? closed : firstTried();
    }

    Breaker breaker(int index) {
        return ways.get(index).breaker;
    }

    void succeeded(int index) {
        Way way = ways.get(index);
        way.breaker = way.breaker.succeeded();
        way.backoff.reset();
    }

    void failed(int index, Instant now) {
        Way way = ways.get(index);
        if (!(way.breaker instanceof Breaker.Open)) {
            way.breaker = way.breaker.failed(now, way.backoff.next());
        }
    }

    /** As many as there are when none is. */
    private int firstClosed() {
        int index = 0;
        while (index < ways.size() && !(ways.get(index).breaker instanceof Breaker.Closed)) {
            index++;
        }
        return index;
    }

    private OptionalInt firstDue(int before, Instant now) {
        for (int i = 0; i < before; i++) {
            if (ways.get(i).breaker.isDue(now, pauseMax)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** None is closed: the one that is being tried, else the one whose pause ends first. */
    private int firstTried() {
        int first = 0;
        Instant earliest = Instant.MAX;
        for (int i = 0; i < ways.size(); i++) {
            switch (ways.get(i).breaker) {
                case Breaker.HalfOpen() -> {
                    return i;
                }
                case Breaker.Open(Instant until) -> {
                    if (until.isBefore(earliest)) {
                        earliest = until;
                        first = i;
                    }
                }
                case Breaker.Closed() -> {
                    return i;
                }
            }
        }
        return first;
    }
}
