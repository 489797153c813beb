package dev.vigil.centre.bridge;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * One connection to the broker, from CONNECT to its end; a new one is made for each try, so that a
 * PUBACK can never go to a later connection, whose packet identifiers mean other messages.
 *
 * <p>Paho's thread hands messages over; whoever has written them says so, on any thread; the
 * bridge's thread sends the PUBACKs, in the order of arrival (MQTT 5, section 4.6).
 */
final class BridgeLink implements MqttCallback {
    private final MqttAsyncClient client;
    private final Arrivals arrivals;
    private final Executor owner;
    private final BiConsumer<BridgeLink, String> ended;

    /** At most the Receive Maximum, which the broker keeps to. */
    private final Queue<Receipt> unacknowledged = new ConcurrentLinkedQueue<>();

    private volatile boolean open = true;

    /** Told of each message, on Paho's thread. */
    @FunctionalInterface
    interface Arrivals {
        void take(String topic, byte[] payload, Receipt receipt);
    }

    BridgeLink(
            MqttAsyncClient client,
            Arrivals arrivals,
            Executor owner,
            BiConsumer<BridgeLink, String> ended) {
        this.client = client;
        this.arrivals = arrivals;
        this.owner = owner;
        this.ended = ended;
    }

    MqttAsyncClient client() {
        return client;
    }

    /** No PUBACK is sent any more. */
    void abandon() {
        open = false;
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        Receipt receipt = new Receipt(message.getId(), message.getQos() > 0);
        if (receipt.owed) {
            unacknowledged.add(receipt);
        }
        arrivals.take(topic, message.getPayload(), receipt);
    }

    private void sendPubacks() {
        for (Receipt next = unacknowledged.peek();
                open && next != null && next.written;
                next = unacknowledged.peek()) {
            unacknowledged.remove();
            try {
                client.messageArrivedComplete(next.packetId, 1);
            } catch (MqttException _) {
                return; // The link is lost, which it says itself; the node sends again.
            }
        }
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        MqttException why = response.getException();
        String reason = response.getReasonString();
        ended.accept(this, reason != null ? reason : why == null ? "disconnected" : describe(why));
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
        ended.accept(this, describe(exception));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}

    /** Paho wraps the network's reason in its own. */
    static String describe(Throwable failure) {
        Throwable cause = failure.getCause();
        return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
    }

    /** A message that is owed a PUBACK. Any thread. */
    final class Receipt {
        private final int packetId;
        private final boolean owed;
        private volatile boolean written;

        private Receipt(int packetId, boolean owed) {
            this.packetId = packetId;
            this.owed = owed;
        }

        /** Kafka has it. */
        void written() {
            written = true;
            if (open && owed) {
                owner.execute(BridgeLink.this::sendPubacks);
            }
        }

        /** Kafka will not have it: what was not acknowledged comes again over a new connection. */
        void refused(String reason) {
            if (open && owed) {
                ended.accept(BridgeLink.this, reason);
            }
        }
    }
}
