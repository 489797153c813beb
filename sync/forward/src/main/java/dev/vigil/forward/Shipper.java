package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Brings the journal's blocks to one uplink. Owned by one thread, which calls {@link #turn}; {@link
 * #link} may be called by any.
 *
 * <ol>
 *   <li>ALARM before HISTORY, always; and HISTORY never fills the part of the window that is
 *       reserved for ALARM, so an alarm waits for no more than what is on the wire.
 *   <li>Blocks are sent in order and acknowledged to the journal in order, without gaps; what
 *       failed or is unknown is sent again.
 *   <li>At the beginning, and after a failure and a pause ({@link Backoff}), it sends one block and
 *       waits for its outcome before the others.
 *   <li>Where the uplink has a bandwidth budget ({@link Pace}), HISTORY keeps to it: its blocks are
 *       cut to what the link takes in half a second, and less than a second's worth is in flight,
 *       so that this is what an alarm waits for at most.
 *   <li>A block is marked historic when it waited for the link: when it was in the journal before
 *       this shipper began or before the link came up.
 *   <li>When nothing is in flight and nothing to be sent, it lets the journal rewrite a sealed
 *       volume.
 * </ol>
 */
public final class Shipper implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(2);
    private static final Duration IDLE = Duration.ofMillis(20);

    private final Journal journal;
    private final Uplink uplink;
    private final ShipperOptions options;
    private final Backoff backoff;
    private final BlockCutter cutter = new BlockCutter();
    private final Housekeeper housekeeper;
    private final Map<Lane, LaneWindow> windows = new EnumMap<>(Lane.class);
    private final Map<Lane, Long> historicThrough = new EnumMap<>(Lane.class);
    private Instant pausedUntil = Instant.MIN;
    private boolean probing = true;
    private long unexpectedOutcomes;
    private volatile LinkState link;

    /**
     * What a turn did.
     *
     * @param done outcomes taken and blocks sent
     * @param again call again at this time at the latest; at once when the journal got a block
     */
    public record Turn(int done, Instant again) {}

    public Shipper(
            Journal journal,
            Uplink uplink,
            ShipperOptions options,
            RandomGenerator random,
            Instant now) {
        this.journal = journal;
        this.uplink = uplink;
        this.options = options;
        this.housekeeper = new Housekeeper(journal);
        this.backoff = new Backoff(options.backoffFirst(), options.backoffMax(), random);
        for (Lane lane : Lane.values()) {
            windows.put(lane, new LaneWindow(journal.acknowledged(lane)));
        }
        markHistoric();
        this.link =
                new LinkState(
                        uplink.name(), LinkState.Status.CONNECTING, now, Optional.empty(), 0, 0, 0);
    }

    /** Takes outcomes, acknowledges, sends what fits the window. */
    public Turn turn(Instant now) {
        int done = settle(now) + (isPausing(now) ? 0 : send(now));
        if (done > 0) {
            return new Turn(done, now.plus(POLL));
        }
        if (inFlight() == 0 && housekeeper.step(now)) {
            return new Turn(1, now);
        }
        Instant again = isPausing(now) ? pausedUntil : now.plus(IDLE);
        Instant poll = now.plus(POLL);
        return new Turn(0, inFlight() > 0 && poll.isBefore(again) ? poll : again);
    }

    /** A picture of the link, from any thread. */
    public LinkState link() {
        return link;
    }

    /** Outcomes for blocks that were not in flight: 0 for an uplink that keeps its contract. */
    public long unexpectedOutcomes() {
        return unexpectedOutcomes;
    }

    /** Closes the uplink; what is in flight is sent again by the next shipper. */
    @Override
    public void close() {
        uplink.close();
        cutter.close();
    }

    private int settle(Instant now) {
        int settled = 0;
        for (Uplink.Outcome outcome : uplink.poll()) {
            settled++;
            Block block = outcome.block();
            boolean delivered = outcome.delivery() instanceof Delivery.Delivered;
            if (!window(block.stream().lane()).settle(block, delivered)) {
                unexpectedOutcomes++;
                continue;
            }
            switch (outcome.delivery()) {
                case Delivery.Delivered() -> succeed(now, block);
                case Delivery.Failed(String reason) -> fail(now, reason);
                case Delivery.Unknown(String reason) -> fail(now, reason);
            }
        }
        if (settled > 0) {
            for (Lane lane : Lane.values()) {
                window(lane)
                        .takeDelivered()
                        .ifPresent(through -> journal.acknowledge(lane, through));
            }
        }
        return settled;
    }

    private void succeed(Instant now, Block block) {
        if (link.status() != LinkState.Status.UP) {
            markHistoric();
        }
        probing = false;
        pausedUntil = Instant.MIN;
        backoff.reset();
        show(LinkState.Status.UP, now, Optional.empty());
        link = link.delivered(block);
    }

    /** Of the outcomes of one outage only the first makes a pause. */
    private void fail(Instant now, String reason) {
        if (!probing || (!isPausing(now) && inFlight() == 0)) {
            probing = true;
            pausedUntil = now.plus(backoff.next());
        }
        show(LinkState.Status.DOWN, now, Optional.of(reason));
    }

    private int send(Instant now) {
        try {
            return probing ? sendProbe(now) : sendWhatFits(now);
        } catch (JournalFault e) {
            // The journal can not be read: as good as a link that is down, for as long as it lasts.
            fail(now, String.valueOf(e.getMessage()));
            return 0;
        }
    }

    /** An alarm does not wait for the outcome of a probe with history. */
    private int sendProbe(Instant now) {
        for (Lane lane : Lane.values()) {
            LaneWindow window = window(lane);
            int ahead = lane == Lane.ALARM ? window.inFlight() : inFlight();
            if (ahead > 0) {
                continue;
            }
            if (window.size() == 0) {
                fill(lane, 1, 1);
            }
            Optional<Block> block = window.takeWaiting();
            if (block.isPresent()) {
                show(LinkState.Status.CONNECTING, now, link.error());
                send(block.get());
                return 1;
            }
        }
        return 0;
    }

    private int sendWhatFits(Instant now) {
        boolean all = fill(Lane.ALARM, options.windowBlocks(), options.windowBytes());
        int sent = 0;
        Optional<Block> alarm = window(Lane.ALARM).takeWaiting();
        while (alarm.isPresent()) {
            send(alarm.get());
            sent++;
            alarm = window(Lane.ALARM).takeWaiting();
        }
        // As long as ALARM has more, what of HISTORY waits to be sent again waits on.
        if (!all) {
            return sent;
        }
        Optional<Pace> pace = uplink.pace();
        if (window(Lane.ALARM).size() == 0 && pace.stream().allMatch(p -> hasRoom(p, now))) {
            uplink.beat(now);
        }
        return sent + sendHistory(now);
    }

    private boolean hasRoom(Pace pace, Instant now) {
        return pace.allows(now) && window(Lane.HISTORY).inFlightBytes() < pace.inFlightBytes();
    }

    private int sendHistory(Instant now) {
        Optional<Pace> pace = uplink.pace();
        fill(
                Lane.HISTORY,
                options.windowBlocks() - options.alarmBlocks(),
                options.windowBytes() - options.alarmBytes());
        int sent = 0;
        while (pace.isEmpty() || hasRoom(pace.get(), now)) {
            Optional<Block> block = window(Lane.HISTORY).takeWaiting();
            if (block.isEmpty()) {
                return sent;
            }
            send(block.get());
            sent++;
        }
        return sent;
    }

    /**
     * Reads blocks until both lanes together have this much; but one block always fits a lane.
     *
     * @return whether nothing more of the lane is in the journal
     */
    private boolean fill(Lane lane, int blocks, long bytes) {
        LaneWindow window = window(lane);
        while (window.size() == 0 || (size() < blocks && bytes() < bytes)) {
            Optional<Block> block = journal.next(lane, window.readThrough());
            if (block.isEmpty()) {
                return true;
            }
            Optional<Pace> pace = lane == Lane.HISTORY ? uplink.pace() : Optional.empty();
            if (pace.isEmpty()) {
                window.add(block.get());
            } else {
                cutter.cut(block.get(), window.readThrough(), pace.get().blockBytes())
                        .forEach(window::add);
            }
        }
        return window.readThrough() >= journal.through(lane);
    }

    private void send(Block block) {
        Lane lane = block.stream().lane();
        boolean waited =
                link.error().isPresent()
                        || block.firstSequence() <= historicThrough.getOrDefault(lane, 0L);
        uplink.send(block, new Waybill(waited, journal.through(lane), options.software()));
    }

    private boolean isPausing(Instant now) {
        return Backoff.isWaiting(now, pausedUntil, options.backoffMax());
    }

    private void markHistoric() {
        for (Lane lane : Lane.values()) {
            historicThrough.put(lane, journal.through(lane));
        }
    }

    private void show(LinkState.Status status, Instant now, Optional<String> error) {
        link = link.with(status, now, error, inFlight());
    }

    private int inFlight() {
        return windows.values().stream().mapToInt(LaneWindow::inFlight).sum();
    }

    private int size() {
        return windows.values().stream().mapToInt(LaneWindow::size).sum();
    }

    private long bytes() {
        return windows.values().stream().mapToLong(LaneWindow::bytes).sum();
    }

    private LaneWindow window(Lane lane) {
        return Objects.requireNonNull(windows.get(lane));
    }
}
