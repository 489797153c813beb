package dev.vigil.forward;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Where an {@link MqttUplink} goes and as whom.
 *
 * @param broker {@code tcp://host:port}, or {@code ssl://} for TLS
 * @param clientId the broker's name for this node: unique among its clients
 * @param tls looked at for {@code ssl://} only
 * @param streams the journal's, whose acknowledgements count
 */
public record MqttUplinkOptions(
        URI broker,
        String clientId,
        Optional<String> userName,
        Optional<String> password,
        PemTls tls,
        List<StreamId> streams) {
    public MqttUplinkOptions {
        streams = List.copyOf(streams);
    }

    boolean isTls() {
        return broker.getScheme().equals("ssl");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "MqttUplinkOptions[%s as %s]".formatted(broker, clientId);
    }
}
