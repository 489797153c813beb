package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Several uplinks in order of preference as one: while one fails the next one takes its place
 * ({@link Preference}). Owned by the shipper's thread; {@link #links} may be called by any.
 *
 * <p>Each block has one outcome, that of the uplink it was routed to. Copies that only try another
 * uplink have none; the ledger drops them by their sequence.
 */
public final class FailoverUplink implements Uplink {
    private static final Duration PAUSE_FIRST = Duration.ofSeconds(5);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(2);

    /**
     * One of the uplinks.
     *
     * @param bytesPerSecond what it may take of the bandwidth; empty for all there is
     * @param stateEvery between two state messages; zero for none
     */
    public record Member(Uplink uplink, OptionalLong bytesPerSecond, Duration stateEvery) {}

    /**
     * What state messages are made of.
     *
     * @param latest of each sensor; called by the shipper's thread
     */
    public record StateSource(String node, Supplier<List<SenmlRecord>> latest) {}

    private final List<Way> ways;
    private final StateSource source;
    private final BlockCodec codec = new BlockCodec();
    private final Preference preference;
    private final InstantSource clock;
    private volatile List<LinkState> links;

    private static final class Way {
        private final Uplink uplink;
        private final Optional<Pace> pace;
        private final Duration stateEvery;
        private Instant stateAgain;

        /** Copies on their way, by block: an outcome of such a block is the copy's. */
        private final Map<String, Integer> trials = new HashMap<>();

        private int inFlight;
        private LinkState state;

        private Way(Member member, String name, Instant now) {
            this.uplink = member.uplink();
            this.stateEvery = member.stateEvery();
            this.stateAgain = now.plus(stateEvery);
            this.pace =
                    member.bytesPerSecond().isPresent()
                            ? Optional.of(new Pace(member.bytesPerSecond().getAsLong(), now))
                            : Optional.empty();
            this.state =
                    new LinkState(
                            name, LinkState.Status.CONNECTING, now, Optional.empty(), 0, 0, 0);
        }

        private boolean isStateDue(Instant now) {
            return !stateEvery.isZero()
                    && state.status() == LinkState.Status.UP
                    && !Backoff.isWaiting(now, stateAgain, stateEvery);
        }

        private boolean takeTrial(Block block) {
            String id = id(block);
            boolean trial = trials.containsKey(id);
            trials.computeIfPresent(id, (_, copies) -> copies == 1 ? null : copies - 1);
            return trial;
        }
    }

    /** Nothing is tried before the first block. */
    public FailoverUplink(
            List<Member> members, StateSource source, RandomGenerator random, InstantSource clock) {
        this.source = source;
        this.clock = clock;
        Instant now = clock.instant();
        this.ways = new ArrayList<>();
        for (Member member : members) {
            String name = member.uplink().name();
            long same = ways.stream().filter(w -> w.uplink.name().equals(name)).count();
            ways.add(new Way(member, same == 0 ? name : name + "-" + (same + 1), now));
        }
        this.preference = new Preference(ways.size(), PAUSE_FIRST, PAUSE_MAX, random);
        this.links = List.of();
        show();
    }

    /** {@code kafka, mqtt}; the second of a kind has its number. */
    @Override
    public String name() {
        return ways.stream().map(way -> way.state.name()).collect(Collectors.joining(", "));
    }

    /** Each uplink's state, in order of preference. */
    public List<LinkState> links() {
        return links;
    }

    @Override
    public void send(Block block, Waybill waybill) {
        Preference.Route route = preference.route(clock.instant());
        route.trial()
                .ifPresent(
                        index -> {
                            ways.get(index).trials.merge(id(block), 1, Integer::sum);
                            send(ways.get(index), block, waybill);
                        });
        send(ways.get(route.to()), block, waybill);
        show();
    }

    private void send(Way way, Block block, Waybill waybill) {
        way.inFlight++;
        way.pace.ifPresent(pace -> pace.take(block.body().length, clock.instant()));
        if (way.state.status() != LinkState.Status.UP) {
            way.state = with(way, LinkState.Status.CONNECTING, way.state.error());
        }
        way.uplink.send(block, waybill);
    }

    @Override
    public Optional<Pace> pace() {
        return ways.get(preference.current()).pace;
    }

    /** The state message, by the way in use. */
    @Override
    public void beat(Instant now) {
        Way way = ways.get(preference.current());
        if (!way.isStateDue(now)) {
            return;
        }
        way.stateAgain = now.plus(way.stateEvery);
        List<SenmlRecord> records = source.latest().get();
        if (!records.isEmpty()) {
            StateMessage message = StateMessage.of(source.node(), now, records, codec);
            way.pace.ifPresent(pace -> pace.take(message.body().length, now));
            way.uplink.state(message);
        }
    }

    @Override
    public List<Outcome> poll() {
        List<Outcome> outcomes = new ArrayList<>();
        boolean some = false;
        for (int i = 0; i < ways.size(); i++) {
            for (Outcome outcome : ways.get(i).uplink.poll()) {
                some = true;
                if (!settle(i, outcome)) {
                    outcomes.add(outcome);
                }
            }
        }
        if (some) {
            show();
        }
        return outcomes;
    }

    @Override
    public void close() {
        ways.forEach(way -> way.uplink.close());
        codec.close();
    }

    /** Whether it was only a copy. */
    private boolean settle(int index, Outcome outcome) {
        Way way = ways.get(index);
        boolean trial = way.takeTrial(outcome.block());
        way.inFlight--;
        switch (outcome.delivery()) {
            case Delivery.Delivered() -> {
                preference.succeeded(index);
                way.state = with(way, LinkState.Status.UP, Optional.empty());
                if (!trial) {
                    way.state = way.state.delivered(outcome.block());
                }
            }
            case Delivery.Failed(String reason) -> failed(index, reason);
            case Delivery.Unknown(String reason) -> failed(index, reason);
        }
        return trial;
    }

    private void failed(int index, String reason) {
        preference.failed(index, clock.instant());
        Way way = ways.get(index);
        way.state = with(way, LinkState.Status.DOWN, Optional.of(reason));
    }

    private LinkState with(Way way, LinkState.Status status, Optional<String> error) {
        return way.state.with(status, clock.instant(), error, way.inFlight);
    }

    /** What is after the one in use, and not known to be down, stands by. */
    private void show() {
        int current = preference.current();
        List<LinkState> states = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
            Way way = ways.get(i);
            boolean standsBy = i > current && preference.breaker(i) instanceof Breaker.Closed;
            states.add(
                    standsBy
                            ? way.state.with(
                                    LinkState.Status.STANDBY,
                                    way.state.since(),
                                    way.state.error(),
                                    way.inFlight)
                            : way.state);
        }
        links = List.copyOf(states);
    }

    private static String id(Block block) {
        return block.stream() + "/" + block.firstSequence();
    }
}
