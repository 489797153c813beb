package dev.vigil.trials;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.jspecify.annotations.Nullable;

/**
 * Eclipse Paho (MQTT 5) as the sender of a few messages: what most people's sensors would use.
 * Owned by one thread; Paho's own thread reports acknowledgements.
 */
final class PahoSender implements AutoCloseable {
    private final MqttAsyncClient client;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private PahoSender(MqttAsyncClient client) {
        this.client = client;
    }

    static PahoSender connect(int port, String clientId, Duration bound) {
        try {
            MqttAsyncClient client =
                    new MqttAsyncClient(
                            "tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
            MqttConnectionOptions options = new MqttConnectionOptions();
            options.setCleanStart(true);
            options.setAutomaticReconnect(false);
            client.connect(options).waitForCompletion(bound.toMillis());
            return new PahoSender(client);
        } catch (MqttException e) {
            throw new TrialFailure("%s can't connect to port %d".formatted(clientId, port), e);
        }
    }

    /**
     * Publishes at QoS 1; {@code onAcknowledged} runs on Paho's thread when the PUBACK is there.
     */
    void publish(String topic, String payload, Runnable onAcknowledged) {
        sent.incrementAndGet();
        try {
            client.publish(
                    topic,
                    payload.getBytes(StandardCharsets.UTF_8),
                    1,
                    false,
                    null,
                    new MqttActionListener() {
                        @Override
                        public void onSuccess(IMqttToken token) {
                            onAcknowledged.run();
                            acknowledged.incrementAndGet();
                        }

                        @Override
                        public void onFailure(IMqttToken token, @Nullable Throwable cause) {
                            failed.incrementAndGet();
                        }
                    });
        } catch (MqttException e) {
            failed.incrementAndGet();
        }
    }

    long sentTotal() {
        return sent.get();
    }

    long acknowledgedTotal() {
        return acknowledged.get();
    }

    long failedTotal() {
        return failed.get();
    }

    boolean awaitAcknowledgements(Duration bound) {
        return Waiting.until(bound, () -> acknowledged.get() + failed.get() == sent.get())
                && failed.get() == 0;
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
}
