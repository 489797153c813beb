package dev.vigil.node.ingest;

import dev.vigil.node.site.SiteConfig;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.opentest4j.AssertionFailedError;

/**
 * A real endpoint on a real socket, with a hand-written pipeline and committer behind it: the test
 * says whether arrivals are taken from the inbox and when they are durable. Its own thread drains
 * and commits.
 */
final class ListenerRig implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(10);

    final IngestCounters counters = new IngestCounters();
    final Quarantine quarantine = new Quarantine();
    final Inbox inbox;
    final MqttListener listener;
    final List<Arrival> taken = new CopyOnWriteArrayList<>();
    private final List<Arrival> undurable = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private final Thread pipeline = new Thread(this::run, "rig");
    private volatile boolean running = true;
    private volatile boolean draining = true;
    private volatile boolean committing = true;

    ListenerRig() {
        this(listening(100, Map.of()), new Inbox(1024, 8192));
    }

    ListenerRig(SiteConfig.Listener config, Inbox inbox) {
        this.inbox = inbox;
        listener =
                new MqttListener(
                        vertx,
                        config,
                        new TopicMap(inputs()),
                        inbox,
                        counters,
                        quarantine,
                        InstantSource.system());
        listener.start();
        pipeline.start();
    }

    /** On loopback, any port; packets to 64 KB, topics to 200 characters, 20 in flight. */
    static SiteConfig.Listener listening(int connectionsMax, Map<String, String> credentials) {
        return new SiteConfig.Listener(
                "127.0.0.1", 0, connectionsMax, 65_536, 200, 20, credentials);
    }

    static SiteConfig.Inputs inputs() {
        return new SiteConfig.Inputs(
                List.of(
                        new SiteConfig.Topic("site/senml", new SiteConfig.Form.Senml()),
                        new SiteConfig.Topic(
                                "site/+/temperature",
                                new SiteConfig.Form.PlainNumber("{1}/temperature", "Cel")),
                        new SiteConfig.Topic(
                                "site/+/co", new SiteConfig.Form.PlainNumber("{1}/co", "ppm"))),
                List.of(),
                Map.of(
                        "kitchen/temperature", channel("kitchen/temperature", Quantity.TEMPERATURE),
                        "kitchen/co", channel("kitchen/co", Quantity.CARBON_MONOXIDE),
                        "hall/temperature", channel("hall/temperature", Quantity.TEMPERATURE)));
    }

    static SensorChannel channel(String id, Quantity quantity) {
        return new SensorChannel(new SensorId(id), quantity, "ground-floor");
    }

    int port() {
        return listener.port();
    }

    /** The pipeline stops taking from the inbox, or goes on. */
    void drain(boolean on) {
        draining = on;
    }

    /** The disk stands still, or goes on. */
    void commit(boolean on) {
        committing = on;
    }

    List<Reading> readings() {
        List<Reading> readings = new ArrayList<>();
        for (Arrival arrival : taken) {
            if (arrival instanceof Arrival.Readings(var some, _, _)) {
                readings.addAll(some);
            }
        }
        return readings;
    }

    List<Double> values() {
        return readings().stream().map(Reading::value).toList();
    }

    long count(IngestCounters.Count count) {
        return counters.get(count);
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionFailedError("not within " + SOON + ": " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private void run() {
        while (running) {
            if (draining) {
                List<Arrival> some = new ArrayList<>();
                inbox.drain(some, 256);
                taken.addAll(some);
                undurable.addAll(some);
            }
            if (committing) {
                undurable.forEach(arrival -> arrival.acknowledgement().durable());
                undurable.clear();
            }
            inbox.await(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Override
    public void close() {
        running = false;
        LockSupport.unpark(pipeline);
        try {
            pipeline.join(SOON);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listener.close();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    Optional<Quarantine.Note> lastNote() {
        return quarantine.latest().stream().findFirst();
    }
}
