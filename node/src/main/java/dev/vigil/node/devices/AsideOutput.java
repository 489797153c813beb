package dev.vigil.node.devices;

import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.watch.Output;
import dev.vigil.node.watch.OutputFault;
import dev.vigil.node.watch.Turn;
import dev.vigil.node.watch.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SlowOutput} on a thread of its own: the pipeline leaves word and goes on, whatever
 * becomes of it. Its methods are the pipeline's thread's, {@link #turn} its own thread's.
 */
public final class AsideOutput implements Output, Turn {
    /** Longer than anything it may wait for: a broker that answers, a player that ends. */
    static final Duration HANGS_AFTER = Duration.ofSeconds(30);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final SlowOutput output;
    private final LongSupplier nanoTime;
    private final Worker worker;

    /** Replaced as a whole: what and why belong together. */
    private record Word(SlowOutput.Wanted wanted, String why) {}

    private volatile Word word = new Word(SlowOutput.Wanted.READY, "");
    private volatile @Nullable String fault;
    private volatile boolean busy;
    private volatile long busySince;

    private AsideOutput(SlowOutput output, InstantSource clock, LongSupplier nanoTime) {
        this.output = output;
        this.nanoTime = nanoTime;
        this.worker = new Worker("output-" + output.id(), clock, this, AsideOutput::await);
    }

    /** A message that a program plays; its thread is started. */
    public static Output playing(
            String id, SiteConfig.Actuator.Play play, InstantSource clock, LongSupplier nanoTime) {
        return start(new Player(id, play, nanoTime), clock, nanoTime);
    }

    /** A device that is told over MQTT; its thread is started. */
    public static Output telling(
            String id, SiteConfig.Actuator.Mqtt mqtt, InstantSource clock, LongSupplier nanoTime) {
        return start(new MqttCommand(id, mqtt, nanoTime), clock, nanoTime);
    }

    /**
     * Starts its thread.
     *
     * @param nanoTime how long it takes is told by {@link System#nanoTime}
     */
    static AsideOutput start(SlowOutput output, InstantSource clock, LongSupplier nanoTime) {
        return new AsideOutput(output, clock, nanoTime);
    }

    @Override
    public String id() {
        return output.id();
    }

    @Override
    public void prepare() throws OutputFault {
        if (busy && nanoTime.getAsLong() - busySince > HANGS_AFTER.toNanos()) {
            throw new OutputFault(
                    "output %s hangs: it was told '%s' and has not come back for more than %d s"
                            .formatted(id(), word.wanted(), HANGS_AFTER.toSeconds()));
        }
        String trouble = fault;
        if (trouble != null) {
            throw new OutputFault(trouble);
        }
    }

    @Override
    public void set(boolean on, Instant now, String why) {
        say(on ? SlowOutput.Wanted.ON : SlowOutput.Wanted.OFF, why);
    }

    @Override
    public void rest(Instant now) {
        say(SlowOutput.Wanted.OFF, "nothing to tell");
    }

    private void say(SlowOutput.Wanted wanted, String why) {
        word = new Word(wanted, why);
        worker.wake();
    }

    /** Its last word is still carried out, unless it hangs. */
    @Override
    public void close() {
        worker.close();
        if (!busy) {
            output.close(); // its thread has ended
        }
    }

    /** Its own thread: carries out the latest word. */
    @Override
    public int turn(Instant now) {
        Word latest = word;
        busySince = nanoTime.getAsLong();
        busy = true;
        try {
            output.keep(latest.wanted(), latest.why());
            fault = null;
        } catch (OutputFault e) {
            fault = e.getMessage();
        } finally {
            busy = false;
        }
        return latest.equals(word) ? 0 : 1;
    }

    private static void await(long nanos) {
        LockSupport.parkNanos(Math.max(nanos, LOOK_NANOS));
    }
}
