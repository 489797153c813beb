package dev.vigil.centre.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;

class BridgeLinkTest {
    /**
     * DUP says that the broker has sent a packet before, not that anybody got it (MQTT 5.0, 3.3.1.1
     * and 4.4): the connection that was to have it may be gone.
     */
    @Test
    void aMessageThatCountsAsADuplicateIsTakenAsAnyOther() throws Exception {
        List<String> taken = new ArrayList<>();
        var client = new MqttAsyncClient("tcp://127.0.0.1:1", "bridge", new MemoryPersistence());
        var link =
                new BridgeLink(
                        client,
                        (topic, payload, _) ->
                                taken.add(
                                        topic + " " + new String(payload, StandardCharsets.UTF_8)),
                        Runnable::run,
                        (_, _) -> {});
        link.messageArrived("vigil/v1/up/gw-01/history", message("new", true));
        link.messageArrived("vigil/v1/up/gw-01/history", message("next", false));
        link.messageArrived("vigil/v1/up/gw-01/history", message("next", true));
        client.close();
        String up = "vigil/v1/up/gw-01/history ";
        assertEquals(List.of(up + "new", up + "next", up + "next"), taken);
    }

    private static MqttMessage message(String payload, boolean duplicate) {
        var message = new MqttMessage(payload.getBytes(StandardCharsets.UTF_8), 1, false, null);
        message.setDuplicate(duplicate);
        return message;
    }
}
