package dev.vigil.node.ingest;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodes.SubAck;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the node sends to one subscriber; owned by the event loop. At most {@value #QUEUE_MAX}
 * messages wait for it; a subscriber that lets more pile up is disconnected and finds the present
 * state, which is retained, when it comes back.
 */
final class Outbox {
    static final int QUEUE_MAX = 1_024;
    static final int FILTERS_MAX = 64;
    private static final int IN_FLIGHT_MAX = 64;
    private static final int PACKET_ID_MAX = 0xffff;
    private static final int FAILURE = 0x80;

    private record Subscription(TopicFilter filter, MqttQoS qos, boolean retainAsPublished) {}

    private record Waiting(Publication publication, MqttQoS qos, boolean retain) {}

    private final Sessions sessions;
    private final MqttConnection connection;
    private final ChannelHandlerContext channel;
    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final Set<Integer> inFlight = new HashSet<>();
    private int inFlightMax = IN_FLIGHT_MAX;
    private long packetBytesMax = Long.MAX_VALUE;
    private int lastPacketId;

    Outbox(Sessions sessions, MqttConnection connection, ChannelHandlerContext channel) {
        this.sessions = sessions;
        this.connection = connection;
        this.channel = channel;
    }

    /** What an MQTT 5 client said it can take. */
    void limits(int receiveMaximum, long maximumPacketSize) {
        inFlightMax = Math.min(IN_FLIGHT_MAX, receiveMaximum);
        packetBytesMax = maximumPacketSize;
    }

    /** SUBACK first, then what is retained (MQTT 3.8.4 allows either order). */
    void subscribe(MqttSubscribeMessage packet) {
        List<MqttTopicSubscription> wanted = packet.payload().topicSubscriptions();
        List<Subscription> fresh = new ArrayList<>();
        int[] codes = new int[wanted.size()];
        for (int i = 0; i < codes.length; i++) {
            int code = subscribe(wanted.get(i), fresh);
            // MQTT 3.1.1 knows one code for every failure.
            codes[i] = code > 1 && !connection.isVersion5() ? FAILURE : code;
        }
        write(
                new MqttSubAckMessage(
                        new MqttFixedHeader(
                                MqttMessageType.SUBACK, false, MqttQoS.AT_MOST_ONCE, false, 0),
                        new MqttMessageIdAndPropertiesVariableHeader(
                                packet.variableHeader().messageId(), MqttProperties.NO_PROPERTIES),
                        new MqttSubAckPayload(codes)));
        for (Subscription subscription : fresh) {
            for (Publication publication : sessions.retained()) {
                if (subscription.filter.matches(publication.topic())) {
                    enqueue(new Waiting(publication, subscription.qos, true));
                }
            }
        }
        send();
        channel.flush();
    }

    /** The granted QoS, or a reason code; adds to {@code fresh} what wants retained messages. */
    private int subscribe(MqttTopicSubscription wanted, List<Subscription> fresh) {
        String filter = wanted.topicFilter();
        boolean isNew = !subscriptions.containsKey(filter);
        if (filter.startsWith("$share/")) {
            return SubAck.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED.byteValue() & 0xff;
        }
        if (isNew && subscriptions.size() >= FILTERS_MAX) {
            return SubAck.QUOTA_EXCEEDED.byteValue() & 0xff;
        }
        if (filter.length() > sessions.config().topicLengthMax()) {
            return SubAck.TOPIC_FILTER_INVALID.byteValue() & 0xff;
        }
        Subscription subscription;
        try {
            subscription =
                    new Subscription(
                            TopicFilter.of(filter),
                            wanted.qualityOfService() == MqttQoS.AT_MOST_ONCE
                                    ? MqttQoS.AT_MOST_ONCE
                                    : MqttQoS.AT_LEAST_ONCE,
                            wanted.option().isRetainAsPublished());
        } catch (IllegalArgumentException _) {
            return SubAck.TOPIC_FILTER_INVALID.byteValue() & 0xff;
        }
        subscriptions.put(filter, subscription);
        RetainedHandlingPolicy policy = wanted.option().retainHandling();
        if (policy == RetainedHandlingPolicy.SEND_AT_SUBSCRIBE
                || (policy == RetainedHandlingPolicy.SEND_AT_SUBSCRIBE_IF_NOT_YET_EXISTS
                        && isNew)) {
            fresh.add(subscription);
        }
        return subscription.qos.value();
    }

    /** True when there was such a subscription. */
    boolean unsubscribe(String filter) {
        return subscriptions.remove(filter) != null;
    }

    /** Sends it if a subscription matches: once, at the best of the granted qualities. */
    void offer(Publication publication, boolean retain) {
        MqttQoS best = null;
        boolean asPublished = false;
        for (Subscription subscription : subscriptions.values()) {
            if (subscription.filter.matches(publication.topic())) {
                if (best == null || subscription.qos.value() > best.value()) {
                    best = subscription.qos;
                }
                asPublished |= subscription.retainAsPublished;
            }
        }
        if (best != null) {
            enqueue(
                    new Waiting(
                            publication, best, retain || (asPublished && publication.retained())));
            send();
        }
    }

    void acknowledged(int packetId) {
        if (inFlight.remove(packetId)) {
            send();
        }
    }

    void clear() {
        subscriptions.clear();
        queue.clear();
        inFlight.clear();
    }

    /** A write that fails is an exception of the channel's, which ends the connection. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void write(Object packet) {
        channel.write(packet, channel.voidPromise());
    }

    private void enqueue(Waiting waiting) {
        if (queue.size() >= QUEUE_MAX) {
            queue.clear();
            connection.tooSlow(QUEUE_MAX);
        } else if (connection.isConnected()) {
            queue.add(waiting);
        }
    }

    /** Sends what fits: into the socket, and into the window of what is not yet acknowledged. */
    void send() {
        boolean written = false;
        while (!queue.isEmpty() && channel.channel().isWritable()) {
            Waiting next = queue.peek();
            boolean qos1 = next.qos == MqttQoS.AT_LEAST_ONCE;
            if (qos1 && inFlight.size() >= inFlightMax) {
                break;
            }
            queue.remove();
            Publication publication = next.publication;
            // Fixed header, lengths, packet id and no properties: at most 12 bytes beside these.
            if (publication.topic().length() * 3L + publication.payload().length + 12
                    > packetBytesMax) {
                continue; // MQTT 5, 3.1.2.11.4: as if it had been sent.
            }
            int packetId = qos1 ? nextPacketId() : 0;
            write(
                    MqttMessageBuilders.publish()
                            .topicName(publication.topic())
                            .qos(next.qos)
                            .retained(next.retain)
                            .messageId(packetId)
                            .payload(Unpooled.wrappedBuffer(publication.payload()))
                            .build());
            sessions.counters().add(IngestCounters.Count.PUBLISHED);
            written = true;
        }
        if (written) {
            channel.flush();
        }
    }

    private int nextPacketId() {
        do {
            lastPacketId = lastPacketId % PACKET_ID_MAX + 1;
        } while (!inFlight.add(lastPacketId));
        return lastPacketId;
    }
}
