package dev.vigil.node.site;

import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Samples the sensors of one bus when they are due and offers what they yield to the {@link Inbox}.
 * Owns a platform thread (a driver may block in a system call) and, on it, the sensors: they are
 * closed there. {@link #health} and {@link #close} may be called by any thread.
 *
 * <ul>
 *   <li>A sensor that faults is counted and shown, and asked again when it is next due; the others
 *       go on.
 *   <li>When the inbox is full the sample is dropped and counted: a local sensor can't be made to
 *       wait.
 *   <li>Due times are monotonic: a step of the wall clock neither floods nor starves. A bus that is
 *       late skips the samples it missed.
 * </ul>
 */
public final class SensorBus implements AutoCloseable {
    /** The thread looks up at least this often. */
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final Duration CLOSE_WAIT_MAX = Duration.ofSeconds(5);

    /**
     * How one sensor fares.
     *
     * @param dropped readings the full inbox did not take
     * @param faults samples that failed since the start
     * @param fault why the last sample failed; null when it did not
     * @param lastFaultAt null when none ever failed
     */
    public record Health(
            List<SensorChannel> channels,
            long readings,
            long dropped,
            long faults,
            @Nullable String fault,
            @Nullable Instant lastFaultAt) {}

    /**
     * What a bus' thread owns.
     *
     * @param ports each closes a port the sensors share, after them
     */
    public record Load(List<Sensor> sensors, List<Runnable> ports) {
        public Load {
            sensors = List.copyOf(sensors);
            ports = List.copyOf(ports);
        }

        /** Sensors that need no port. */
        public Load(List<? extends Sensor> sensors) {
            this(List.copyOf(sensors), List.of());
        }
    }

    private final String name;
    private final List<Runnable> ports;
    private final Slot[] slots;
    private final Inbox inbox;
    private final InstantSource clock;
    private final Thread thread;
    private volatile boolean stopping;

    /**
     * The number of the sensor that is sampled last or now, and, one more at the beginning of each
     * sample and one more at its end, the progress. Written by the bus' thread alone: released, not
     * fenced, which would take as long as a reading.
     */
    private final AtomicInteger sampling = new AtomicInteger();

    private final AtomicLong progress = new AtomicLong();

    /** Not started yet. */
    SensorBus(String name, Load load, Inbox inbox, InstantSource clock) {
        this.name = name;
        this.ports = load.ports;
        this.slots = new Slot[load.sensors.size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot(i, load.sensors.get(i));
        }
        this.inbox = inbox;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("bus-" + name).daemon(true).unstarted(this::run);
    }

    /**
     * Starts the bus' thread, which owns the sensors from now on.
     *
     * @param name of the bus, for the thread's name and the status page
     */
    public static SensorBus start(String name, Load load, Inbox inbox, InstantSource clock) {
        SensorBus bus = new SensorBus(name, load, inbox, clock);
        bus.thread.start();
        return bus;
    }

    /** As the status page shows it. */
    public String name() {
        return name;
    }

    /** One entry for each sensor, in their order; a moment's picture. */
    public List<Health> health() {
        return Arrays.stream(slots).map(Slot::health).toList();
    }

    /** True until the thread has ended. */
    public boolean isRunning() {
        return thread.isAlive();
    }

    /** Odd while it is in a sample; a hung bus is one whose odd number stays the same. */
    long progress() {
        return progress.get();
    }

    /** The channels of the sensor that is being sampled; none between samples. */
    List<SensorChannel> sampling() {
        return progress() % 2 == 0 ? List.of() : slots[sampling.getAcquire()].channels;
    }

    /**
     * Leaves the thread to itself, without waiting: it ends when the system call it is in does, and
     * drops what that brought.
     */
    void abandon() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    /**
     * Stops sampling and closes the sensors. Returns when that is done, at the latest after five
     * seconds: a driver that hangs in the kernel can't be helped, and its thread is a daemon.
     */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_WAIT_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long began = System.nanoTime();
        for (Slot slot : slots) {
            slot.dueNanos = began;
        }
        while (!stopping) {
            long waitNanos = turn(System.nanoTime());
            if (waitNanos > 0 && !stopping) {
                LockSupport.parkNanos(this, waitNanos);
            }
        }
        closeLoad();
    }

    /** On the bus' thread, as its last deed. */
    void closeLoad() {
        for (Slot slot : slots) {
            close(slot);
        }
        ports.forEach(Runnable::run);
    }

    /** Samples what is due; returns for how long nothing will be. */
    long turn(long nanoTime) {
        long waitNanos = WAIT_NANOS_MAX;
        for (Slot slot : slots) {
            if (stopping) {
                return 0;
            }
            if (slot.dueNanos - nanoTime <= 0) {
                sample(slot);
                long late = Math.max(0, nanoTime - slot.dueNanos);
                long missed = late < slot.intervalNanos ? 0 : late / slot.intervalNanos;
                slot.dueNanos += (missed + 1) * slot.intervalNanos;
            }
            waitNanos = Math.min(waitNanos, slot.dueNanos - nanoTime);
        }
        return waitNanos - (System.nanoTime() - nanoTime);
    }

    // CHECKSTYLE OFF: promise 1, a bad sensor never stops the others, covers drivers' defects
    private void sample(Slot slot) {
        Instant now = clock.instant();
        sampling.setRelease(slot.number);
        progress.setRelease(progress.getPlain() + 1);
        try {
            List<Reading> readings = slot.sensor.sample(now);
            if (!stopping) {
                taken(slot, readings, now);
            }
        } catch (SensorFault e) {
            failed(slot, e, now);
        } catch (RuntimeException e) {
            defect(slot, e);
        }
        progress.setRelease(progress.getPlain() + 1);
    }

    private void close(Slot slot) {
        try {
            slot.sensor.close();
        } catch (RuntimeException e) {
            defect(slot, e);
        }
    }

    // CHECKSTYLE ON

    private void taken(Slot slot, List<Reading> readings, Instant now) {
        boolean taken =
                readings.isEmpty()
                        || inbox.offer(new Arrival.Readings(readings, now, Acknowledgement.NONE));
        slot.sampled(readings.size(), taken);
    }

    private void failed(Slot slot, SensorFault fault, Instant now) {
        if (!stopping) {
            List<SensorChannel> concerned = fault.channels();
            unreadable(
                    slot,
                    concerned.isEmpty() ? slot.channels : concerned,
                    String.valueOf(fault.getMessage()),
                    now);
        }
    }

    private void defect(Slot slot, RuntimeException defect) {
        unreadable(slot, slot.channels, "defect of its driver: " + defect, clock.instant());
    }

    /** When the inbox is full, the next sample that fails tells again. */
    private void unreadable(Slot slot, List<SensorChannel> channels, String why, Instant now) {
        slot.failed(why, now);
        inbox.offer(new Arrival.Unreadable(channels, why, now));
    }

    /** A sensor and its counts. Owned by the bus' thread; others read {@link #health}. */
    private static final class Slot {
        final int number;
        final Sensor sensor;
        final List<SensorChannel> channels;
        final long intervalNanos;
        long dueNanos;

        // Written by the bus' thread alone.
        private final AtomicLong readings = new AtomicLong();
        private final AtomicLong dropped = new AtomicLong();
        private final AtomicReference<Faults> faults =
                new AtomicReference<>(new Faults(0, null, null));

        Slot(int number, Sensor sensor) {
            this.number = number;
            this.sensor = sensor;
            this.channels = List.copyOf(sensor.channels());
            this.intervalNanos = Math.max(1, sensor.interval().toNanos());
        }

        Health health() {
            Faults seen = faults.getAcquire();
            return new Health(
                    channels,
                    readings.getAcquire(),
                    dropped.getAcquire(),
                    seen.count,
                    seen.now,
                    seen.lastAt);
        }

        void sampled(int count, boolean taken) {
            AtomicLong counter = taken ? readings : dropped;
            counter.setRelease(counter.getPlain() + count);
            Faults before = faults.getPlain();
            if (before.now != null) {
                faults.setRelease(new Faults(before.count, null, before.lastAt));
            }
        }

        void failed(String fault, Instant now) {
            faults.setRelease(new Faults(faults.getPlain().count + 1, fault, now));
        }
    }

    /**
     * Of one sensor.
     *
     * @param now why the last sample failed; null when it did not
     */
    private record Faults(long count, @Nullable String now, @Nullable Instant lastAt) {}
}
