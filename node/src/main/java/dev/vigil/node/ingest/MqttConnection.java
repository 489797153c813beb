package dev.vigil.node.ingest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttIdentifierRejectedException;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttReasonCodes.Disconnect;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the listener: the protocol's order of packets, keep-alive, and the end; owned
 * by the event loop. Messages in are {@link Uptake}'s, messages out {@link Outbox}'s.
 */
final class MqttConnection extends ChannelInboundHandlerAdapter {
    private enum State {
        /** No CONNECT yet. */
        NEW,
        CONNECTED,
        /** A last packet was sent; what still comes is thrown away. */
        ENDING,
        CLOSED
    }

    private final Sessions sessions;
    private final ChannelHandlerContext socket;
    private final Uptake uptake;
    private final Outbox outbox;
    private State state = State.NEW;
    private String clientId = "";
    private boolean version5;
    private long keepAliveNanos;
    private @Nullable Publication will;
    private boolean heard = true;
    private long heardNanos;

    /**
     * @param socket a context of the channel's pipeline, for writing through the MQTT encoder
     */
    MqttConnection(Sessions sessions, ChannelHandlerContext socket, long nowNanos) {
        this.sessions = sessions;
        this.socket = socket;
        this.uptake = new Uptake(sessions, this, socket);
        this.outbox = new Outbox(sessions, this, socket);
        this.heardNanos = nowNanos;
    }

    Outbox outbox() {
        return outbox;
    }

    boolean isVersion5() {
        return version5;
    }

    boolean isConnected() {
        return state == State.CONNECTED;
    }

    /** It lives: from a packet, or because the node did not listen meanwhile. */
    void heard() {
        heard = true;
    }

    // --- from the channel

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        heard = true;
        if (!(message instanceof MqttMessage packet)
                || state == State.ENDING
                || state == State.CLOSED) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (uptake.admits(packet)) {
            handle(packet);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        sessions.readComplete();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            uptake.sendPubacks();
            outbox.send();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        boolean wasClient = !clientId.isEmpty();
        state = State.CLOSED;
        uptake.close();
        outbox.clear();
        sessions.closed(this, uptake);
        if (wasClient) {
            sessions.disconnected(clientId, this);
        }
        Publication left = will;
        will = null;
        if (left != null) {
            sessions.will(clientId, left);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            close(); // The network's own end of a connection; the keep-alive's, earlier.
        } else {
            end(RefusalReason.PROTOCOL, Disconnect.UNSPECIFIED_ERROR, String.valueOf(cause));
        }
    }

    // --- packets

    /** A packet whose turn it is. */
    void handle(MqttMessage packet) {
        try {
            if (packet.decoderResult().isFailure()) {
                undecodable(packet.decoderResult().cause());
            } else if (state == State.NEW) {
                if (packet instanceof MqttConnectMessage connect) {
                    connect(connect);
                } else {
                    end(
                            RefusalReason.PROTOCOL,
                            Disconnect.PROTOCOL_ERROR,
                            "the first packet must be CONNECT, it was "
                                    + packet.fixedHeader().messageType());
                }
            } else if (state == State.CONNECTED) {
                connected(packet);
            }
        } finally {
            ReferenceCountUtil.release(packet);
        }
    }

    private void connected(MqttMessage packet) {
        MqttMessageType type = packet.fixedHeader().messageType();
        switch (type) {
            case PUBLISH -> publish((MqttPublishMessage) packet);
            case PUBACK ->
                    outbox.acknowledged(
                            ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId());
            case SUBSCRIBE -> subscribe((MqttSubscribeMessage) packet);
            case UNSUBSCRIBE -> unsubscribe((MqttUnsubscribeMessage) packet);
            case PINGREQ -> send(MqttMessage.PINGRESP);
            case DISCONNECT -> disconnect(packet);
            default ->
                    end(
                            RefusalReason.PROTOCOL,
                            Disconnect.PROTOCOL_ERROR,
                            "packet %s is not expected here".formatted(type));
        }
    }

    private void connect(MqttConnectMessage packet) {
        boolean local =
                socket.channel().localAddress() instanceof InetSocketAddress address
                        && address.getAddress().isLoopbackAddress();
        version5 = packet.variableHeader().version() >= 5;
        Handshake.Outcome outcome =
                Handshake.judge(packet, sessions.config(), local, sessions.assignedClientId());
        if (outcome instanceof Handshake.Accepted(var id, _, _, _, _, _, _)
                && !sessions.hasRoomFor(id)) {
            outcome =
                    new Handshake.Refused(
                            RefusalReason.CONNECTIONS,
                            version5
                                    ? MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_BUSY
                                    : MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE,
                            "there are %d connections already, which is the most"
                                    .formatted(sessions.config().connectionsMax()));
        }
        switch (outcome) {
            case Handshake.Refused(var reason, var code, var why) -> {
                sessions.refused(reason, who(packet.payload().clientIdentifier()), why);
                connack(code, MqttProperties.NO_PROPERTIES);
                linger();
            }
            case Handshake.Accepted accepted -> {
                state = State.CONNECTED;
                clientId = accepted.clientId();
                keepAliveNanos = accepted.keepAliveSeconds() * 1_500_000_000L;
                will = accepted.will();
                outbox.limits(accepted.receiveMaximum(), accepted.packetBytesMax());
                sessions.connected(clientId, this);
                // No session is kept from one connection to the next, and none is promised.
                connack(MqttConnectReturnCode.CONNECTION_ACCEPTED, accepted.properties());
            }
        }
    }

    private void publish(MqttPublishMessage packet) {
        String topic = packet.variableHeader().topicName();
        MqttQoS qos = packet.fixedHeader().qosLevel();
        int packetId =
                qos == MqttQoS.AT_MOST_ONCE
                        ? Pending.NO_PACKET_ID
                        : packet.variableHeader().packetId();
        IngestCounters counters = sessions.counters();
        counters.add(IngestCounters.Count.MESSAGES);
        if (qos == MqttQoS.EXACTLY_ONCE) {
            end(
                    RefusalReason.QOS_2,
                    Disconnect.QOS_NOT_SUPPORTED,
                    "a message at QoS 2; the maximum here is 1");
        } else if (hasTopicAlias(packet)) {
            end(
                    RefusalReason.TOPIC,
                    Disconnect.TOPIC_ALIAS_INVALID,
                    "a topic alias; the maximum here is 0");
        } else if (topic.length() > sessions.config().topicLengthMax() || !Topics.isTopic(topic)) {
            end(
                    RefusalReason.TOPIC,
                    Disconnect.TOPIC_NAME_INVALID,
                    "topic '%s' has %d characters; allowed are 1 to %d of UTF-8 without wildcards and NUL"
                            .formatted(
                                    Excerpt.of(topic),
                                    topic.length(),
                                    sessions.config().topicLengthMax()));
        } else if (version5
                && packetId != Pending.NO_PACKET_ID
                && uptake.unacknowledged() >= sessions.config().inFlightMax()) {
            end(
                    RefusalReason.IN_FLIGHT,
                    Disconnect.RECEIVE_MAXIMUM_EXCEEDED,
                    "more than %d messages without a PUBACK"
                            .formatted(sessions.config().inFlightMax()));
        } else {
            if (packet.fixedHeader().isDup()) {
                counters.add(IngestCounters.Count.DUPLICATE_FLAG);
            }
            if (packet.fixedHeader().isRetain() && !packet.payload().isReadable()) {
                counters.add(IngestCounters.Count.RETAINED_CLEARS);
                uptake.acknowledgeOnly(packetId);
            } else {
                uptake.take(topic, packet.payload(), packetId);
            }
        }
    }

    private void subscribe(MqttSubscribeMessage packet) {
        if (version5
                && packet.idAndPropertiesVariableHeader()
                                .properties()
                                .getProperty(MqttPropertyType.SUBSCRIPTION_IDENTIFIER.value())
                        != null) {
            end(
                    RefusalReason.PROTOCOL,
                    Disconnect.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    "a subscription identifier; they are not available here");
            return;
        }
        outbox.subscribe(packet);
    }

    private void unsubscribe(MqttUnsubscribeMessage packet) {
        var answer =
                MqttMessageBuilders.unsubAck()
                        .packetId(packet.variableHeader().messageId())
                        .properties(MqttProperties.NO_PROPERTIES);
        for (String filter : packet.payload().topics()) {
            // 0x11: no subscription existed (MQTT 5, 3.11.3). MQTT 3.1.1 has no codes here.
            short code = (short) (outbox.unsubscribe(filter) ? 0x00 : 0x11);
            if (version5) {
                answer.addReasonCode(code);
            }
        }
        send(answer.build());
    }

    private void disconnect(MqttMessage packet) {
        boolean withWill =
                packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
                        && header.reasonCode()
                                == Disconnect.DISCONNECT_WITH_WILL_MESSAGE.byteValue();
        if (!withWill) {
            will = null;
        }
        close();
    }

    private void undecodable(Throwable cause) {
        String why = Excerpt.of(String.valueOf(cause.getMessage()));
        switch (cause) {
            case TooLongFrameException _ ->
                    end(
                            RefusalReason.PACKET_SIZE,
                            Disconnect.PACKET_TOO_LARGE,
                            why + " bytes (packetBytesMax)");
            case MqttUnacceptableProtocolVersionException _ -> {
                sessions.refused(RefusalReason.CONNECT_PACKET, who(""), why);
                connack(
                        MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION,
                        MqttProperties.NO_PROPERTIES);
                linger();
            }
            case MqttIdentifierRejectedException _ -> {
                sessions.refused(RefusalReason.CONNECT_PACKET, who(""), why);
                connack(
                        MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED,
                        MqttProperties.NO_PROPERTIES);
                linger();
            }
            default -> end(RefusalReason.PROTOCOL, Disconnect.MALFORMED_PACKET, why);
        }
    }

    // --- the end

    /** Another connection has this one's client id (MQTT 5, 3.1.4; 3.1.1: closed). */
    void takenOver() {
        end(
                RefusalReason.TAKEN_OVER,
                Disconnect.SESSION_TAKEN_OVER,
                "another connection came with the same client id");
    }

    /** What it sent can't be kept now; without a PUBACK it keeps it and sends it again. */
    void journalFault(String reason) {
        end(RefusalReason.JOURNAL, Disconnect.SERVER_BUSY, reason);
    }

    void tooSlow(int queued) {
        end(
                RefusalReason.SLOW_SUBSCRIBER,
                Disconnect.QUOTA_EXCEEDED,
                "%d messages wait for it, which is the most".formatted(queued));
    }

    /** The node goes. */
    void shutDown() {
        will = null;
        farewell(Disconnect.SERVER_SHUTTING_DOWN);
        close();
    }

    /** From the sweep: what has been silent for too long. */
    void sweep(long nowNanos) {
        if (heard && state != State.NEW && state != State.ENDING) {
            heard = false;
            heardNanos = nowNanos;
        }
        long silent = nowNanos - heardNanos;
        switch (state) {
            case NEW -> {
                if (silent > MqttListener.CONNECT_WITHIN.toNanos()) {
                    sessions.refused(
                            RefusalReason.NO_CONNECT,
                            who(""),
                            "no CONNECT within %s".formatted(MqttListener.CONNECT_WITHIN));
                    close();
                }
            }
            case CONNECTED -> {
                // While it is paused the node is the one that does not listen.
                if (keepAliveNanos > 0 && silent > keepAliveNanos && !uptake.isPaused()) {
                    end(
                            RefusalReason.KEEP_ALIVE,
                            Disconnect.KEEP_ALIVE_TIMEOUT,
                            "nothing heard for %.1f s, one and a half times its keep-alive"
                                    .formatted(silent / 1e9));
                }
            }
            case ENDING -> {
                if (silent > MqttListener.LINGER.toNanos()) {
                    close();
                }
            }
            case CLOSED -> {}
        }
    }

    /** The node ends it: counted, logged, said to the client if its protocol has a word for it. */
    private void end(RefusalReason reason, Disconnect code, String why) {
        if (state == State.ENDING || state == State.CLOSED) {
            return;
        }
        sessions.refused(reason, who(clientId), why);
        boolean said = farewell(code);
        if (said) {
            linger();
        } else {
            close();
        }
    }

    private boolean farewell(Disconnect code) {
        if (state != State.CONNECTED || !version5) {
            return false; // Before CONNECT, and in MQTT 3.1.1, a server just closes.
        }
        send(
                new MqttMessage(
                        new MqttFixedHeader(
                                MqttMessageType.DISCONNECT, false, MqttQoS.AT_MOST_ONCE, false, 0),
                        new MqttReasonCodeAndPropertiesVariableHeader(
                                code.byteValue(), MqttProperties.NO_PROPERTIES)));
        return true;
    }

    /**
     * Closing while unread bytes wait would reset the connection, and the last packet might never
     * be seen: what comes is read and thrown away for a moment, until the client closes.
     */
    private void linger() {
        state = State.ENDING;
        heardNanos = System.nanoTime();
        uptake.close();
        outbox.clear();
        socket.channel().config().setAutoRead(true);
    }

    private void close() {
        if (state != State.CLOSED) {
            state = State.ENDING;
            uptake.close();
            socket.flush();
            closeSocket();
        }
    }

    private void connack(MqttConnectReturnCode code, MqttProperties properties) {
        send(
                MqttMessageBuilders.connAck()
                        .returnCode(code)
                        .sessionPresent(false)
                        .properties(properties)
                        .build());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // channelInactive says when it is done
    private void closeSocket() {
        socket.close();
    }

    /** A write that fails is an exception of the channel's, which ends the connection. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(Object packet) {
        socket.writeAndFlush(packet, socket.voidPromise());
    }

    private String who(String id) {
        return "'%s' at %s".formatted(Excerpt.of(id), socket.channel().remoteAddress());
    }

    private static boolean hasTopicAlias(MqttPublishMessage packet) {
        return packet.variableHeader()
                        .properties()
                        .getProperty(MqttPropertyType.TOPIC_ALIAS.value())
                != null;
    }
}
