package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/**
 * One connection to the broker of an {@link MqttUplink}, from CONNECT to its end; a new one is made
 * for each try. The shipper's thread calls it; Paho's threads only put events into the queue.
 */
final class MqttLink implements MqttCallback {
    /** MQTT 5.0, 3.4.2.1: it was taken, and there is nobody to give it to. */
    private static final int NO_MATCHING_SUBSCRIBERS = 0x10;

    private static final int FAILURE_CODES_FROM = 0x80;
    private static final int CONNECT_SECONDS = 10;
    private static final int KEEP_ALIVE_SECONDS = 20;

    /** What happened on a connection. */
    sealed interface Event {
        MqttLink link();
    }

    /**
     * Connected and subscribed.
     *
     * @param receiveMaximum the broker takes so many messages without having confirmed them
     */
    record Up(MqttLink link, int receiveMaximum) implements Event {}

    /** PUBACK. */
    record Confirmed(MqttLink link) implements Event {}

    /** PUBACK with a reason why not. */
    record Refused(MqttLink link, AckWindow.Entry entry, String why) implements Event {}

    /** Of the ledger. */
    record Acknowledged(MqttLink link, MqttBlock.Acknowledgement said) implements Event {}

    /** The connection did not come about, or is gone. Told at least once. */
    record Ended(MqttLink link, String why) implements Event {}

    private final MqttUplinkOptions options;
    private final Queue<Event> events;
    private final MqttAsyncClient client;

    private MqttLink(MqttUplinkOptions options, Queue<Event> events) throws MqttException {
        this.options = options;
        this.events = events;
        this.client =
                new MqttAsyncClient(
                        options.broker().toString(), options.clientId(), new MemoryPersistence());
        client.setCallback(this);
    }

    /** Begins to connect; the outcome is an event. */
    static MqttLink open(MqttUplinkOptions options, Queue<Event> events)
            throws MqttException, TlsFault {
        MqttConnectionOptions how = connectionOptions(options);
        MqttLink link = new MqttLink(options, events);
        link.client.connect(how, null, link.answer(link::subscribe));
        return link;
    }

    /**
     * Begins to publish; PUBACK is an event.
     *
     * @param headers become user properties
     */
    void publish(AckWindow.Entry entry, Map<String, String> headers) throws MqttException {
        var message = new MqttMessage(MqttBlock.payload(entry.block(), headers), 1, false, null);
        message.setProperties(properties(headers));
        client.publish(
                MqttBlock.topic(entry.block().stream()),
                message,
                null,
                answer(token -> confirmed(entry, token)));
    }

    /** QoS 0: the next one is newer anyway. */
    void publish(StateMessage state) {
        Map<String, String> headers = state.headers();
        var message = new MqttMessage(MqttBlock.payload(headers, state.body()), 0, true, null);
        message.setProperties(properties(headers));
        try {
            client.publish(MqttBlock.stateTopic(state.node()), message);
        } catch (MqttException _) {
            // A connection that is lost says so itself.
        }
    }

    private static MqttProperties properties(Map<String, String> headers) {
        var properties = new MqttProperties();
        properties.setUserProperties(
                headers.entrySet().stream()
                        .map(header -> new UserProperty(header.getKey(), header.getValue()))
                        .toList());
        return properties;
    }

    /** Paho waits for its threads, up to a second or so: not on the caller's time. */
    void hangUp(boolean politely) {
        Thread.ofPlatform()
                .daemon()
                .name("mqtt-uplink-end")
                .start(
                        () -> {
                            try {
                                client.disconnectForcibly(0, 1_000, politely);
                            } catch (MqttException _) {
                                // was not connected
                            }
                            try {
                                client.close(true);
                            } catch (MqttException _) {
                                // was not open
                            }
                        });
    }

    private void subscribe(IMqttToken connected) {
        int receiveMaximum =
                Optional.ofNullable(connected.getResponseProperties())
                        .map(MqttProperties::getReceiveMaximum)
                        .orElse(MqttUplink.UNCONFIRMED_MAX);
        MqttSubscription[] acks =
                options.streams().stream()
                        .map(stream -> new MqttSubscription(MqttBlock.ackTopic(stream), 1))
                        .toArray(MqttSubscription[]::new);
        try {
            client.subscribe(
                    acks,
                    null,
                    answer(token -> subscribed(token, receiveMaximum)),
                    new MqttProperties());
        } catch (MqttException e) {
            events.add(new Ended(this, describe(e)));
        }
    }

    private void subscribed(IMqttToken token, int receiveMaximum) {
        int[] codes = token.getReasonCodes();
        for (int i = 0; codes != null && i < codes.length; i++) {
            if (codes[i] >= FAILURE_CODES_FROM) {
                events.add(
                        new Ended(
                                this,
                                "broker refuses topic filter '%s' with reason code 0x%02x"
                                        .formatted(
                                                MqttBlock.ackTopic(options.streams().get(i)),
                                                codes[i])));
                return;
            }
        }
        events.add(new Up(this, receiveMaximum));
    }

    private void confirmed(AckWindow.Entry entry, IMqttToken token) {
        int[] codes = token.getReasonCodes();
        int code = codes == null || codes.length == 0 ? 0 : codes[0];
        if (code == NO_MATCHING_SUBSCRIBERS) {
            events.add(new Refused(this, entry, "nobody listens at the broker: no bridge runs"));
        } else if (code >= FAILURE_CODES_FROM) {
            events.add(
                    new Refused(
                            this,
                            entry,
                            "broker refuses '%s' with reason code 0x%02x"
                                    .formatted(MqttBlock.topic(entry.block().stream()), code)));
        } else {
            events.add(new Confirmed(this));
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        MqttBlock.readAck(message.getPayload())
                .ifPresent(said -> events.add(new Acknowledged(this, said)));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        MqttException why = response.getException();
        String said = response.getReasonString();
        events.add(
                new Ended(
                        this, said != null ? said : why == null ? "disconnected" : describe(why)));
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
        events.add(new Ended(this, describe(exception)));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}

    private static MqttConnectionOptions connectionOptions(MqttUplinkOptions from) throws TlsFault {
        var how = new MqttConnectionOptions();
        // What was not acknowledged is sent again by us, so the broker need not remember us.
        how.setCleanStart(true);
        how.setSessionExpiryInterval(0L);
        how.setAutomaticReconnect(false);
        how.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
        how.setConnectionTimeout(CONNECT_SECONDS);
        from.userName().ifPresent(how::setUserName);
        from.password().ifPresent(word -> how.setPassword(word.getBytes(StandardCharsets.UTF_8)));
        if (from.isTls()) {
            how.setSocketFactory(from.tls().context().getSocketFactory());
        }
        return how;
    }

    /** Paho's own words are of little use; the network's reason is behind them. */
    static String describe(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private MqttActionListener answer(Consumer<IMqttToken> whenGood) {
        return new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                whenGood.accept(token);
            }

            @Override
            public void onFailure(IMqttToken token, Throwable exception) {
                events.add(new Ended(MqttLink.this, describe(exception)));
            }
        };
    }
}
