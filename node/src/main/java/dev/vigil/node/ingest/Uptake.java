package dev.vigil.node.ingest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What one connection sends in: taking messages, stopping when the node is full, acknowledging in
 * order. Owned by the event loop, except {@link #durable}, which the committer's thread calls.
 *
 * <p>When a QoS 1 message can't be taken, it and all behind it are held and the socket is not read
 * any more, so TCP pushes back and the sender keeps what it has. What is held is bounded by what
 * one read of the socket brought (64 KB).
 */
final class Uptake {
    private final Sessions sessions;
    private final MqttConnection connection;
    private final ChannelHandlerContext channel;
    private final int inFlightMax;

    /** QoS 1 messages without a PUBACK, in the order in which they came. */
    private final ArrayDeque<Pending> unacknowledged = new ArrayDeque<>();

    /** Packets that wait because the connection is paused. */
    private final ArrayDeque<MqttMessage> held = new ArrayDeque<>();

    /** Arrivals of a message that was read but did not fit into the inbox. */
    private final ArrayDeque<Arrival> unoffered = new ArrayDeque<>();

    private final List<Arrival> arrivals = new ArrayList<>(2);
    private boolean paused;
    private boolean closed;

    private final AtomicBoolean ready = new AtomicBoolean();
    private final AtomicBoolean ending = new AtomicBoolean();

    /** Link of {@link Pubacks}; belongs to whoever set {@link #ready}. */
    @Nullable Uptake nextReady;

    Uptake(Sessions sessions, MqttConnection connection, ChannelHandlerContext channel) {
        this.sessions = sessions;
        this.connection = connection;
        this.channel = channel;
        this.inFlightMax = sessions.config().inFlightMax();
    }

    /** False: the packet must wait, and does. */
    boolean admits(MqttMessage packet) {
        if (held.isEmpty() && !(isQos1(packet) && isBlocked())) {
            return true;
        }
        held.add(packet);
        pause();
        return false;
    }

    boolean isPaused() {
        return paused;
    }

    int unacknowledged() {
        return unacknowledged.size();
    }

    /** A message at QoS 0 or 1. */
    void take(String topic, ByteBuf payload, int packetId) {
        boolean owesPuback = packetId != Pending.NO_PACKET_ID;
        if (!owesPuback && sessions.isFull()) {
            sessions.counters().add(IngestCounters.Count.DROPPED_QOS_0);
            return;
        }
        int length = payload.readableBytes();
        byte[] bytes = sessions.scratch(length);
        payload.readBytes(bytes, 0, length);
        Pending pending = new Pending(this, packetId);
        arrivals.clear();
        // The RETAIN flag of a sensor is about a broker's keeping, which the node does not do.
        sessions.intake()
                .read(
                        new Message(topic, bytes, 0, length, sessions.now(), false),
                        pending,
                        arrivals);
        int records = 0;
        for (Arrival arrival : arrivals) {
            records += arrival.recordCount();
        }
        pending.holds(records);
        sessions.admitted(records);
        if (owesPuback) {
            unacknowledged.add(pending);
        }
        for (Arrival arrival : arrivals) {
            if (!unoffered.isEmpty() || !sessions.offer(arrival)) {
                unoffered.add(arrival);
            }
        }
        if (!unoffered.isEmpty()) {
            pause();
        }
    }

    /** A message of which nothing is kept; its PUBACK keeps its place in the order. */
    void acknowledgeOnly(int packetId) {
        if (packetId != Pending.NO_PACKET_ID) {
            Pending pending = new Pending(this, packetId);
            pending.nothingToKeep();
            unacknowledged.add(pending);
            sendPubacks();
        }
    }

    /** The committer's thread. */
    void durable(int records, boolean owesPuback) {
        sessions.durable(records);
        if (owesPuback && !ready.get() && ready.compareAndSet(false, true)) {
            sessions.pubacks().add(this);
        }
    }

    /** The pipeline's thread: judged, but the journal is at fault. */
    void refused(int records, boolean owesPuback, String reason) {
        sessions.durable(records); // Its room is free, whatever became of it.
        if (!owesPuback) {
            sessions.counters().add(IngestCounters.Count.DROPPED_QOS_0);
        } else if (!ending.get() && ending.compareAndSet(false, true)) {
            channel.executor().execute(() -> connection.journalFault(reason));
        }
    }

    /** {@link Pubacks} has taken it out. */
    void taken() {
        // Before looking: what becomes durable behind this point puts the connection in again.
        ready.set(false);
        sendPubacks();
    }

    /** The event loop: PUBACKs of what is durable at the head of the order, in one write. */
    void sendPubacks() {
        if (closed || !channel.channel().isWritable()) {
            return; // A client that does not read its PUBACKs gets them when it does.
        }
        int n = 0;
        for (Pending pending : unacknowledged) {
            if (!pending.isDurable()) {
                break;
            }
            n++;
        }
        if (n > 0) {
            // 0x40, remaining length 2, packet identifier: the same in MQTT 3.1.1 and 5 (3.4).
            ByteBuf packets = channel.alloc().buffer(4 * n);
            for (int i = 0; i < n; i++) {
                packets.writeShort(0x4002).writeShort(unacknowledged.remove().packetId());
            }
            sessions.counters().add(IngestCounters.Count.ACKNOWLEDGED, n);
            write(packets);
        }
        if (paused && unacknowledged.size() <= inFlightMax / 2) {
            resume();
        }
    }

    /** Takes what is held, and reads on when all of it is taken. */
    void resume() {
        while (!closed && !unoffered.isEmpty()) {
            if (!sessions.offer(unoffered.peek())) {
                sessions.stalled(this);
                return;
            }
            unoffered.remove();
        }
        while (!closed && !held.isEmpty()) {
            if (isQos1(held.peek()) && isBlocked()) {
                awaitRoom();
                return;
            }
            connection.handle(held.remove());
            if (!unoffered.isEmpty()) {
                return;
            }
        }
        if (paused && !closed) {
            paused = false;
            connection.heard();
            channel.channel().config().setAutoRead(true);
        }
    }

    void close() {
        closed = true;
        unacknowledged.clear();
        for (MqttMessage packet : held) {
            if (packet instanceof MqttPublishMessage publish) {
                sessions.counters()
                        .add(
                                publish.fixedHeader().qosLevel() == MqttQoS.AT_MOST_ONCE
                                        ? IngestCounters.Count.DROPPED_QOS_0
                                        : IngestCounters.Count.UNTAKEN_QOS_1);
            }
            ReferenceCountUtil.release(packet);
        }
        held.clear();
        for (Arrival arrival : unoffered) {
            sessions.counters().add(IngestCounters.Count.UNTAKEN_QOS_1);
            // Nobody will: it frees its room, and there is no one left to send a PUBACK to.
            arrival.acknowledgement().durable();
        }
        unoffered.clear();
    }

    /** A write that fails is an exception of the channel's, which ends the connection. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void write(ByteBuf packets) {
        channel.writeAndFlush(packets, channel.voidPromise());
    }

    private void pause() {
        if (!paused) {
            paused = true;
            channel.channel().config().setAutoRead(false);
            sessions.counters().add(IngestCounters.Count.PAUSES);
        }
        awaitRoom();
    }

    /**
     * Whether the node is full is not asked again here: it may have become free since, and then
     * nobody would come back to this connection. Its own window PUBACKs open.
     */
    private void awaitRoom() {
        if (!unoffered.isEmpty() || !isWindowFull()) {
            sessions.stalled(this);
        }
    }

    private boolean isBlocked() {
        return !unoffered.isEmpty() || sessions.isFull() || isWindowFull();
    }

    /** An MQTT 5 client was told its window and is refused instead. */
    private boolean isWindowFull() {
        return !connection.isVersion5() && unacknowledged.size() >= inFlightMax;
    }

    private static boolean isQos1(MqttMessage packet) {
        return packet instanceof MqttPublishMessage publish
                && publish.fixedHeader().qosLevel() == MqttQoS.AT_LEAST_ONCE;
    }
}
