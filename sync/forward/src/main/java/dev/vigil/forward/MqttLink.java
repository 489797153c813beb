package dev.vigil.forward;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
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
final class MqttLink implements Paho.Connection {
    /** MQTT 5.0, 3.4.2.1: it was taken, and there is nobody to give it to. */
    private static final int NO_MATCHING_SUBSCRIBERS = 0x10;

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
        var message = new MqttMessage(HeaderFrame.before(headers, state.body()), 0, true, null);
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
                .start(() -> Paho.end(client, politely));
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
            ended(Paho.describe(e));
        }
    }

    private void subscribed(IMqttToken token, int receiveMaximum) {
        List<String> filters = options.streams().stream().map(MqttBlock::ackTopic).toList();
        events.add(
                Paho.refusal(token, filters)
                        .<Event>map(why -> new Ended(this, why))
                        .orElseGet(() -> new Up(this, receiveMaximum)));
    }

    private void confirmed(AckWindow.Entry entry, IMqttToken token) {
        int[] codes = token.getReasonCodes();
        int code = codes == null || codes.length == 0 ? 0 : codes[0];
        if (code == NO_MATCHING_SUBSCRIBERS) {
            events.add(new Refused(this, entry, "nobody listens at the broker: no bridge runs"));
        } else if (code >= Paho.FAILURE_CODES_FROM) {
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
    public void ended(String why) {
        events.add(new Ended(this, why));
    }

    private static MqttConnectionOptions connectionOptions(MqttUplinkOptions from) throws TlsFault {
        MqttConnectionOptions how = Paho.options(from.userName(), from.password());
        // What was not acknowledged is sent again by us, so the broker need not remember us.
        how.setCleanStart(true);
        how.setSessionExpiryInterval(0L);
        if (from.isTls()) {
            how.setSocketFactory(from.tls().context().getSocketFactory());
        }
        return how;
    }

    private MqttActionListener answer(Consumer<IMqttToken> whenGood) {
        return new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                whenGood.accept(token);
            }

            @Override
            public void onFailure(IMqttToken token, Throwable exception) {
                ended(Paho.describe(exception));
            }
        };
    }
}
