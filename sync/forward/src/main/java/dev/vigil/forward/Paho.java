package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * What the node's subscriber, its uplink and the centre's bridge do alike with Eclipse Paho's
 * client for MQTT 5: each connection is a client of its own, made by us, ended by us. Stateless.
 */
public final class Paho {
    /** Reason codes from here on are failures (MQTT 5.0, 2.4). */
    static final int FAILURE_CODES_FROM = 0x80;

    public static final int CONNECT_SECONDS = 10;
    private static final int KEEP_ALIVE_SECONDS = 20;
    private static final long POLITE_MILLIS = 1_000;

    private Paho() {}

    /** Hears of a connection's end; what else Paho tells is for nobody here. */
    public interface Connection extends MqttCallback {
        /** Told at least once, on Paho's thread. */
        void ended(String why);

        @Override
        default void disconnected(MqttDisconnectResponse response) {
            MqttException why = response.getException();
            String said = response.getReasonString();
            ended(said != null ? said : why == null ? "disconnected" : describe(why));
        }

        @Override
        default void mqttErrorOccurred(MqttException exception) {
            ended(describe(exception));
        }

        @Override
        default void deliveryComplete(IMqttToken token) {}

        @Override
        default void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        default void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }

    /** The broker in Paho's words, which name the transport and not the protocol: tcp or ssl. */
    public static String serverUri(String broker) {
        return broker.replaceFirst("^mqtt://", "tcp://").replaceFirst("^mqtts://", "ssl://");
    }

    /** The caller says what becomes of the session, and TLS. */
    public static MqttConnectionOptions options(
            Optional<String> userName, Optional<String> password) {
        var options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
        options.setConnectionTimeout(CONNECT_SECONDS);
        userName.ifPresent(options::setUserName);
        password.ifPresent(word -> options.setPassword(word.getBytes(StandardCharsets.UTF_8)));
        return options;
    }

    /** Paho's own words are of little use; the network's reason is behind them, or behind TLS'. */
    public static String describe(Throwable failure) {
        Throwable root = Reason.root(failure);
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }

    /**
     * Why a subscription is not what was asked for; empty when the broker has granted everything.
     *
     * @param filters as subscribed to, in that order
     */
    public static Optional<String> refusal(IMqttToken subscribed, List<String> filters) {
        int[] codes = subscribed.getReasonCodes();
        for (int i = 0; codes != null && i < codes.length; i++) {
            if (codes[i] >= FAILURE_CODES_FROM) {
                return Optional.of(
                        "broker refuses topic filter '%s' with reason code 0x%02x"
                                .formatted(filters.get(i), codes[i]));
            }
        }
        return Optional.empty();
    }

    /**
     * Ends a connection, whatever became of it; takes up to a second or so.
     *
     * @param politely with DISCONNECT
     */
    public static void end(MqttAsyncClient client, boolean politely) {
        try {
            client.disconnectForcibly(0, POLITE_MILLIS, politely);
        } catch (MqttException _) {
            // was not connected
        }
        try {
            client.close(true);
        } catch (MqttException _) {
            // was not open
        }
    }
}
