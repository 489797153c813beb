package dev.vigil.node.ingest;

import dev.vigil.node.site.SiteConfig;
import io.netty.channel.EventLoop;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of the listener share; owned by the listener's event loop, except {@link
 * #durable} and {@link #pubacks}, which the committer's thread uses.
 */
final class Sessions {
    /**
     * Records taken from connections and not yet durable. Beyond it QoS 1 waits in the sockets and
     * QoS 0 is dropped: a bound on memory while the disk stands still.
     */
    static final int RECORDS_IN_FLIGHT_MAX = 131_072;

    static final int RETAINED_MAX = 4_096;

    /** Sockets beyond {@code connectionsMax} that may be about to say CONNECT. */
    private static final int NEWCOMERS_MAX = 64;

    private static final long RETRY_MILLIS = 1;
    private static final int LOG_LINES_PER_SWEEP = 5;
    private static final Logger LOG = Logger.getLogger(MqttListener.class);

    private final EventLoop eventLoop;
    private final SiteConfig.Listener config;
    private final Inbox inbox;
    private final IngestCounters counters;
    private final InstantSource clock;
    private final Intake intake;
    private final Pubacks pubacks;
    private final byte[] scratch;

    private final Set<MqttConnection> open = new LinkedHashSet<>();
    private final Map<String, MqttConnection> byClientId = new HashMap<>();
    private final Map<String, Publication> retained = new LinkedHashMap<>();
    private final Set<Uptake> stalled = new LinkedHashSet<>();
    private final AtomicLong durableRecords = new AtomicLong();
    private long admittedRecords;
    private long assignedIds;
    private boolean retryScheduled;
    private boolean closing;
    private int logLinesLeft = LOG_LINES_PER_SWEEP;
    private long lastSweepNanos;
    private @Nullable Instant batchTime;

    Sessions(
            EventLoop eventLoop,
            SiteConfig.Listener config,
            Inbox inbox,
            Intake intake,
            IngestCounters counters,
            InstantSource clock) {
        this.eventLoop = eventLoop;
        this.config = config;
        this.inbox = inbox;
        this.intake = intake;
        this.counters = counters;
        this.clock = clock;
        this.pubacks = new Pubacks(eventLoop);
        this.scratch = new byte[config.packetBytesMax()];
        this.lastSweepNanos = System.nanoTime();
    }

    SiteConfig.Listener config() {
        return config;
    }

    IngestCounters counters() {
        return counters;
    }

    Intake intake() {
        return intake;
    }

    Pubacks pubacks() {
        return pubacks;
    }

    /** Room for one payload, used by one message at a time. */
    byte[] scratch(int length) {
        if (length > scratch.length) {
            throw new IllegalArgumentException(
                    "payload of %d bytes, the decoder lets at most %d through"
                            .formatted(length, scratch.length));
        }
        return scratch;
    }

    /** One time for all messages of one read of a socket: they arrived together. */
    Instant now() {
        Instant time = batchTime;
        if (time == null) {
            time = clock.instant();
            batchTime = time;
        }
        return time;
    }

    void readComplete() {
        batchTime = null;
    }

    // --- being full

    boolean isFull() {
        return inbox.isFull() || admittedRecords - durableRecords.get() >= RECORDS_IN_FLIGHT_MAX;
    }

    boolean offer(Arrival arrival) {
        if (!inbox.offer(arrival)) {
            return false;
        }
        if (arrival instanceof Arrival.Readings readings) {
            counters.add(IngestCounters.Count.READINGS, readings.readings().size());
        }
        return true;
    }

    void admitted(int records) {
        admittedRecords += records;
    }

    /** The committer's thread. */
    void durable(int records) {
        durableRecords.addAndGet(records);
    }

    /** Tries again in a millisecond: the inbox has no way to say that there is room. */
    void stalled(Uptake uptake) {
        stalled.add(uptake);
        if (!retryScheduled) {
            retryScheduled = true;
            var _ = eventLoop.schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void retry() {
        retryScheduled = false;
        List<Uptake> waiting = new ArrayList<>(stalled);
        stalled.clear();
        // Those that don't get in put themselves back, in the order in which they were stopped.
        waiting.forEach(Uptake::resume);
        readComplete();
    }

    // --- coming and going

    /** All that is shared here has no lock, because one thread does everything. */
    void requireOwn(EventLoop loop) {
        if (!loop.equals(eventLoop)) {
            throw new IllegalStateException(
                    "a connection lives on %s, the listener on %s".formatted(loop, eventLoop));
        }
    }

    /** False when there are so many sockets that not even a CONNECT is awaited. */
    boolean opened(MqttConnection connection) {
        if (closing || open.size() >= config.connectionsMax() + NEWCOMERS_MAX) {
            counters.addRefused(RefusalReason.CONNECTIONS);
            return false;
        }
        open.add(connection);
        return true;
    }

    /** Room for one more client; one that takes over its own connection needs none. */
    boolean hasRoomFor(String clientId) {
        return byClientId.size() < config.connectionsMax() || byClientId.containsKey(clientId);
    }

    String assignedClientId() {
        return "vigil-assigned-" + ++assignedIds;
    }

    /** MQTT 3.1.4: an older connection with the same client id ends. */
    void connected(String clientId, MqttConnection connection) {
        MqttConnection older = byClientId.put(clientId, connection);
        counters.add(IngestCounters.Count.CONNECTS);
        counters.connectionOpened();
        if (older != null) {
            older.takenOver();
        }
    }

    void closed(MqttConnection connection, Uptake uptake) {
        open.remove(connection);
        stalled.remove(uptake);
    }

    void disconnected(String clientId, MqttConnection connection) {
        byClientId.remove(clientId, connection);
        counters.connectionClosed();
    }

    /**
     * A client is gone without saying so. What it left is read like a message of its own; when no
     * line of the topic map matches, it becomes a note that a sensor is gone. Either way it is a
     * durable record.
     */
    void will(String clientId, Publication will) {
        if (closing) {
            return; // It is the node that goes, not the sensor.
        }
        counters.add(IngestCounters.Count.WILLS);
        LOG.infof(
                "client is gone without a DISCONNECT clientId=%s willTopic=%s",
                Excerpt.of(clientId), Excerpt.of(will.topic()));
        List<Arrival> arrivals = new ArrayList<>(2);
        Message message = Message.of(will.topic(), will.payload(), now());
        if (intake.route(will.topic()) instanceof Route.Closed(var kind, _)
                && kind == QuarantineReason.UNKNOWN_TOPIC) {
            arrivals.add(intake.gone(clientId, message));
        } else {
            intake.read(message, Acknowledgement.NONE, arrivals);
        }
        for (Arrival arrival : arrivals) {
            if (!offer(arrival)) {
                counters.add(IngestCounters.Count.DROPPED_QOS_0);
            }
        }
        readComplete();
    }

    /** Ends what has been silent for too long; from a timer. */
    void sweep(long nowNanos) {
        // A gap means that the node itself slept, and heard nobody meanwhile.
        boolean slept = nowNanos - lastSweepNanos > 4 * MqttListener.SWEEP.toNanos();
        lastSweepNanos = nowNanos;
        logLinesLeft = LOG_LINES_PER_SWEEP;
        for (MqttConnection connection : List.copyOf(open)) {
            if (slept) {
                connection.heard();
            }
            connection.sweep(nowNanos);
        }
    }

    /** A refusal is counted always and logged as far as the log stays readable. */
    void refused(RefusalReason reason, String who, String why) {
        counters.addRefused(reason);
        if (logLinesLeft > 0) {
            logLinesLeft--;
            LOG.warnf("connection refused reason=%s client=%s: %s", reason.tag(), who, why);
        }
    }

    void close() {
        closing = true;
        List.copyOf(open).forEach(MqttConnection::shutDown);
    }

    // --- going out

    void publish(Publication publication) {
        if (publication.retained()) {
            retain(publication);
        }
        for (MqttConnection connection : List.copyOf(open)) {
            connection.outbox().offer(publication, false);
        }
    }

    Iterable<Publication> retained() {
        return List.copyOf(retained.values());
    }

    private void retain(Publication publication) {
        if (publication.payload().length == 0) {
            retained.remove(publication.topic());
        } else if (retained.size() < RETAINED_MAX || retained.containsKey(publication.topic())) {
            retained.put(publication.topic(), publication);
        } else {
            counters.add(IngestCounters.Count.RETAINED_REFUSED);
            LOG.warnf(
                    "retained message refused topic=%s: there are %d already, which is the most",
                    publication.topic(), RETAINED_MAX);
        }
    }
}
