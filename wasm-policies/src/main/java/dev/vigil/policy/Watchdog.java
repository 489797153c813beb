package dev.vigil.policy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts a guest's call that runs too long. {@link #begin} and {@link #end} belong to the
 * thread that runs guests, one call at a time; the rest is the watchdog's own daemon thread.
 *
 * <p>It counts its own ticks during a call, not wall time: when the whole process stands still
 * (garbage collection, a suspended machine), that is one tick, and no policy is blamed. A call has
 * a generation, and only the call it was meant for can be interrupted: {@link #end} takes the call
 * back, or waits for the interrupt that is just being sent and swallows it.
 */
final class Watchdog implements AutoCloseable {
    private static final long PHASES = 4;
    private static final long IDLE = 0;
    private static final long RUNNING = 1;
    private static final long INTERRUPTING = 2;
    private static final long INTERRUPTED = 3;

    /** Without a call for this many ticks it sleeps until the next one. */
    private static final int IDLE_TICKS = 100;

    private final long tickNanos;
    private final Thread thread;
    private final AtomicLong call = new AtomicLong(IDLE);
    private volatile @Nullable Thread guest;
    private volatile int ticksAllowed;
    private volatile boolean asleep;
    private volatile boolean closed;
    private long generation;
    private boolean interruptedFromOutside;

    Watchdog(Duration tick) {
        this.tickNanos = tick.toNanos();
        this.thread =
                Thread.ofPlatform().daemon().name("vigil-policy-watchdog").unstarted(this::run);
        thread.start();
    }

    /** How many ticks make up a deadline: at least one. */
    int ticks(Duration deadline) {
        return Math.clamp(deadline.toNanos() / tickNanos, 1, Integer.MAX_VALUE);
    }

    /** A call begins that may take this many ticks. */
    void begin(int ticks) {
        ticksAllowed = ticks;
        guest = Thread.currentThread();
        generation++;
        call.set(generation * PHASES + RUNNING);
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether the call was interrupted by this watchdog; the thread's interrupt flag is clear. */
    boolean end() {
        long base = generation * PHASES;
        if (call.compareAndSet(base + RUNNING, base + IDLE)) {
            // It may have been somebody else: kept for the owner, so that no other policy is hit.
            interruptedFromOutside |= Thread.interrupted();
            return false;
        }
        while (call.get() != base + INTERRUPTED) {
            Thread.onSpinWait();
        }
        Thread.interrupted();
        return true;
    }

    /** Whether the thread was interrupted from outside during a call since this was last asked. */
    boolean interruptedFromOutside() {
        boolean interrupted = interruptedFromOutside;
        interruptedFromOutside = false;
        return interrupted;
    }

    private void run() {
        long seen = call.get();
        int ticks = 0;
        long tickEnd = System.nanoTime() + tickNanos;
        while (!closed) {
            long left = tickEnd - System.nanoTime();
            if (left > 0) {
                LockSupport.parkNanos(this, left);
                continue;
            }
            tickEnd = System.nanoTime() + tickNanos;
            long now = call.get();
            if (now != seen) {
                seen = now;
                ticks = 0;
                continue;
            }
            ticks++;
            if (now % PHASES == RUNNING && ticks >= ticksAllowed) {
                interrupt(now);
            } else if (ticks >= IDLE_TICKS) {
                sleep(now);
                ticks = 0;
            }
        }
    }

    private void interrupt(long running) {
        long base = running - RUNNING;
        Thread target = guest;
        if (target != null && call.compareAndSet(running, base + INTERRUPTING)) {
            target.interrupt();
            call.set(base + INTERRUPTED);
        }
    }

    private void sleep(long now) {
        asleep = true;
        while (!closed && call.get() == now) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
