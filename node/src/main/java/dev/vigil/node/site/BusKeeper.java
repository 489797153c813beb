package dev.vigil.node.site;

import dev.vigil.forward.Backoff;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.node.watch.Turn;
import dev.vigil.sensor.SensorChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the buses of the node running, each on a thread of its own. Owned by one thread, which
 * drives its turns; {@link #health} and {@link #parts} are anybody's.
 *
 * <p>A system call that doesn't come back can't be broken off from outside. A bus that has been in
 * one sample for longer than {@link #DEADLINE} is given up: told as a trouble, its thread left to
 * itself (it ends when the kernel lets it go, and what it read is dropped), and tried anew with new
 * sensors on a new thread, first after {@link #RETRY_MIN}, then less and less often. While {@link
 * #HANGING_MAX} threads of it hang it isn't tried. The other buses don't notice.
 */
public final class BusKeeper implements Turn, AutoCloseable {
    static final Duration DEADLINE = Duration.ofSeconds(10);
    static final Duration RETRY_MIN = Duration.ofSeconds(5);
    static final Duration RETRY_MAX = Duration.ofMinutes(5);
    static final int HANGING_MAX = 3;

    private static final long LOOK_NANOS = 1_000_000_000;

    /** A trouble that lasts is told again so often. */
    private static final Duration TELL = Duration.ofSeconds(30);

    /**
     * A bus of the site.
     *
     * @param name {@code /dev/i2c-1}
     * @param load makes the sensors anew, on a port of their own
     */
    public record Bus(String name, Supplier<SensorBus.Load> load) {}

    /**
     * A bus for people.
     *
     * @param trouble why it is not sampled; null while it is
     */
    public record Part(String name, boolean running, @Nullable String trouble) {}

    private final List<Kept> buses;
    private final Inbox inbox;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    /**
     * Starts a thread for each bus.
     *
     * @param nanoTime how long a sample takes is told by {@link System#nanoTime}
     */
    public BusKeeper(List<Bus> buses, Inbox inbox, InstantSource clock, LongSupplier nanoTime) {
        this.inbox = inbox;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.buses = buses.stream().map(bus -> new Kept(bus, start(bus))).toList();
    }

    /** Nothing wakes it: it looks about once a second. */
    public static void await(long nanos) {
        LockSupport.parkNanos(Math.max(nanos, LOOK_NANOS));
    }

    @Override
    public int turn(Instant now) {
        for (Kept kept : buses) {
            kept.hanging.removeIf(bus -> !bus.isRunning());
            SensorBus running = kept.running;
            if (running == null) {
                tryAgain(kept, now);
            } else if (hangs(kept, running)) {
                giveUp(kept, running, now);
            } else if (now.isAfter(kept.startedAt.plus(RETRY_MAX))) {
                kept.retry = RETRY_MIN;
            }
            tell(kept, now);
        }
        return 0;
    }

    /** One entry for each sensor; those on a bus that was given up say so. */
    public List<SensorBus.Health> health() {
        return buses.stream().flatMap(BusKeeper::health).toList();
    }

    private static Stream<SensorBus.Health> health(Kept kept) {
        String trouble = kept.trouble;
        List<SensorBus.Health> last = kept.shown.health();
        return trouble == null
                ? last.stream()
                : last.stream()
                        .map(
                                h ->
                                        new SensorBus.Health(
                                                h.channels(),
                                                h.readings(),
                                                h.dropped(),
                                                h.faults(),
                                                trouble,
                                                h.lastFaultAt()));
    }

    public List<Part> parts() {
        return buses.stream()
                .map(kept -> new Part(kept.bus.name(), kept.shown.isRunning(), kept.trouble))
                .toList();
    }

    @Override
    public void close() {
        for (Kept kept : buses) {
            SensorBus running = kept.running;
            if (running != null) {
                running.close();
            }
        }
    }

    private SensorBus start(Bus bus) {
        return SensorBus.start(bus.name(), bus.load().get(), inbox, clock);
    }

    private boolean hangs(Kept kept, SensorBus running) {
        long progress = running.progress();
        long nanos = nanoTime.getAsLong();
        boolean inSample = progress % 2 == 1;
        if (!inSample || progress != kept.progress) {
            kept.progress = progress;
            kept.progressAt = nanos;
        }
        return nanos - kept.progressAt > DEADLINE.toNanos();
    }

    private void giveUp(Kept kept, SensorBus running, Instant now) {
        running.abandon();
        kept.hanging.add(running);
        kept.running = null;
        kept.trouble =
                "hangs: %s has not answered for more than %d s; given up"
                        .formatted(names(running.sampling()), DEADLINE.toSeconds());
        kept.tryAt = now.plus(kept.retry);
        Duration doubled = kept.retry.multipliedBy(2);
        kept.retry = doubled.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : doubled;
        kept.tellAt = now;
    }

    private static String names(List<SensorChannel> channels) {
        return channels.stream().map(c -> c.id().name()).collect(Collectors.joining(", "));
    }

    private void tryAgain(Kept kept, Instant now) {
        if (Backoff.isWaiting(now, kept.tryAt, RETRY_MAX) || kept.hanging.size() >= HANGING_MAX) {
            return;
        }
        SensorBus started = start(kept.bus);
        kept.running = started;
        kept.shown = started;
        kept.startedAt = now;
        kept.progress = 0;
        kept.trouble = null;
    }

    private void tell(Kept kept, Instant now) {
        String trouble = kept.trouble;
        if (trouble != null && !Backoff.isWaiting(now, kept.tellAt, TELL)) {
            kept.tellAt = now.plus(TELL);
            inbox.offer(new Arrival.Trouble("bus/" + kept.bus.name(), trouble, now));
        }
    }

    /** A bus and how it fares. Owned by the keeper's thread; others read the volatile fields. */
    private static final class Kept {
        final Bus bus;
        final List<SensorBus> hanging = new ArrayList<>();
        volatile SensorBus shown;
        @Nullable SensorBus running;
        volatile @Nullable String trouble;
        Duration retry = RETRY_MIN;
        long progress;
        long progressAt;
        Instant startedAt = Instant.EPOCH;
        Instant tryAt = Instant.MIN;
        Instant tellAt = Instant.MIN;

        Kept(Bus bus, SensorBus started) {
            this.bus = bus;
            this.running = started;
            this.shown = started;
        }
    }
}
