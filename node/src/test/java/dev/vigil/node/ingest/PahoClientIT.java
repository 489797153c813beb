package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The endpoint with Eclipse Paho's client for MQTT 5. */
class PahoClientIT {
    private static final long SOON_MILLIS = 10_000;

    private ListenerRig rig;
    private MqttAsyncClient client;

    @BeforeEach
    void start() throws MqttException {
        rig = new ListenerRig();
        client =
                new MqttAsyncClient(
                        "tcp://127.0.0.1:" + rig.port(), "paho", new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        client.connect(options).waitForCompletion(SOON_MILLIS);
    }

    @AfterEach
    void stop() throws MqttException {
        if (client.isConnected()) {
            client.disconnect().waitForCompletion(SOON_MILLIS);
        }
        client.close(true);
        rig.close();
    }

    private static MqttMessage message(Object payload, int qos) {
        return new MqttMessage(
                payload.toString().getBytes(StandardCharsets.UTF_8), qos, false, null);
    }

    @Test
    void keepsToTheReceiveMaximumAndGetsEveryPubackInTheEnd() throws MqttException {
        int n = 500;
        List<IMqttToken> tokens = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            MqttMessage next = message(i, 1);
            ListenerRig.await("room in the window", () -> published(next, tokens));
        }
        for (IMqttToken token : tokens) {
            token.waitForCompletion(SOON_MILLIS);
        }
        assertEquals(IntStream.range(0, n).mapToObj(i -> (double) i).toList(), rig.values());
        assertEquals(0, rig.counters.refusedTotal());
    }

    /** Paho refuses what is beyond the window it was told, and its application waits. */
    private boolean published(MqttMessage message, List<IMqttToken> tokens) {
        try {
            tokens.add(client.publish("site/kitchen/temperature", message));
            return true;
        } catch (MqttException e) {
            assertEquals(MqttClientException.REASON_CODE_MAX_INFLIGHT, e.getReasonCode());
            return false;
        }
    }

    @Test
    void publishIsNotCompleteBeforeTheRecordIsDurable() throws MqttException {
        rig.commit(false);
        IMqttToken token = client.publish("site/kitchen/temperature", message(1, 1));
        ListenerRig.await("it is judged", () -> rig.values().size() == 1);
        assertFalse(token.isComplete());
        rig.commit(true);
        token.waitForCompletion(SOON_MILLIS);
    }

    @Test
    void subscribesToTheNodesAlarms() throws MqttException {
        List<String> heard = new CopyOnWriteArrayList<>();
        client.setCallback(new Hearing(heard));
        rig.listener.publish("vigil/v1/o/n/alarm/a", new byte[] {'1'}, true);
        client.subscribe(new MqttSubscription("vigil/v1/+/+/alarm/#", 1))
                .waitForCompletion(SOON_MILLIS);
        ListenerRig.await("what is retained", () -> heard.size() == 1);
        rig.listener.publish("vigil/v1/o/n/alarm/b", new byte[] {'2'}, true);
        ListenerRig.await("what is new", () -> heard.size() == 2);
        assertEquals(List.of("vigil/v1/o/n/alarm/a 1", "vigil/v1/o/n/alarm/b 2"), heard);
    }

    private record Hearing(List<String> heard) implements MqttCallback {
        @Override
        public void messageArrived(String topic, MqttMessage message) {
            heard.add(topic + " " + new String(message.getPayload(), StandardCharsets.UTF_8));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
