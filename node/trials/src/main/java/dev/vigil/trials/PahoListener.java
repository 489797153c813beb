package dev.vigil.trials;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * Eclipse Paho (MQTT 5) as somebody on the site's own network who wants to hear of alarms. Owned by
 * one thread, which polls; Paho's own thread fills the queue.
 */
final class PahoListener implements AutoCloseable {
    private final MqttAsyncClient client;
    private final Queue<byte[]> heard;

    private PahoListener(MqttAsyncClient client, Queue<byte[]> heard) {
        this.client = client;
        this.heard = heard;
    }

    static PahoListener subscribe(int port, String filter, Duration bound) {
        Queue<byte[]> heard = new ConcurrentLinkedQueue<>();
        try {
            MqttAsyncClient client =
                    new MqttAsyncClient(
                            "tcp://127.0.0.1:" + port,
                            "listener-" + filter.hashCode(),
                            new MemoryPersistence());
            client.setCallback(new Into(heard));
            MqttConnectionOptions options = new MqttConnectionOptions();
            options.setAutomaticReconnect(false);
            client.connect(options).waitForCompletion(bound.toMillis());
            client.subscribe(filter, 1).waitForCompletion(bound.toMillis());
            return new PahoListener(client, heard);
        } catch (MqttException e) {
            throw new TrialFailure("can't subscribe to %s on port %d".formatted(filter, port), e);
        }
    }

    /** The next payload, if one has come. */
    Optional<byte[]> poll() {
        return Optional.ofNullable(heard.poll());
    }

    @Override
    public void close() {
        try {
            if (client.isConnected()) {
                client.disconnectForcibly(1000, 1000, true);
            }
            client.close(true);
        } catch (MqttException e) {
            throw new TrialFailure("Paho does not close", e);
        }
    }

    private record Into(Queue<byte[]> heard) implements MqttCallback {
        @Override
        public void messageArrived(String topic, MqttMessage message) {
            heard.add(message.getPayload());
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverURI) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
