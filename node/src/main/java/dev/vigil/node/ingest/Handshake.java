package dev.vigil.node.ingest;

import dev.vigil.node.site.SiteConfig;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Judges CONNECT packets and says what is agreed; pure functions. */
final class Handshake {
    /** Longer ones are refused (MQTT 3.1.3.1 lets a server). */
    static final int CLIENT_ID_LENGTH_MAX = 128;

    /**
     * The longest keep-alive, in seconds, that an MQTT 5 client is left: one that is gone is then
     * missed within seven and a half minutes.
     */
    static final int KEEP_ALIVE_MAX = 300;

    private static final int VERSION_5 = MqttVersion.MQTT_5.protocolLevel();

    /** What becomes of a CONNECT. */
    sealed interface Outcome {}

    /**
     * @param keepAliveSeconds 0 when the client wants none and its protocol lets it
     */
    record Accepted(
            String clientId,
            boolean version5,
            int keepAliveSeconds,
            @Nullable Publication will,
            int receiveMaximum,
            long packetBytesMax,
            MqttProperties properties)
            implements Outcome {}

    record Refused(RefusalReason reason, MqttConnectReturnCode code, String why)
            implements Outcome {}

    private Handshake() {}

    /**
     * @param local whether the connection came in on the loopback address
     * @param assignedId the client id for a client that has none
     */
    static Outcome judge(
            MqttConnectMessage packet,
            SiteConfig.Listener config,
            boolean local,
            String assignedId) {
        boolean version5 = packet.variableHeader().version() >= VERSION_5;
        Refused refused = refusal(packet, config, version5);
        if (refused == null) {
            refused = authorisation(packet, config, version5, local);
        }
        if (refused != null) {
            return refused;
        }
        String sentId = packet.payload().clientIdentifier();
        boolean assigned = sentId.isEmpty();
        String clientId = assigned ? assignedId : sentId;
        int keepAlive = packet.variableHeader().keepAliveTimeSeconds();
        int agreed =
                version5 && (keepAlive == 0 || keepAlive > KEEP_ALIVE_MAX)
                        ? KEEP_ALIVE_MAX
                        : keepAlive;
        MqttProperties wanted = packet.variableHeader().properties();
        return new Accepted(
                clientId,
                version5,
                agreed,
                will(packet),
                intProperty(wanted, MqttPropertyType.RECEIVE_MAXIMUM, 0xffff),
                intProperty(wanted, MqttPropertyType.MAXIMUM_PACKET_SIZE, Integer.MAX_VALUE),
                version5
                        ? properties(
                                config,
                                assigned ? clientId : null,
                                agreed == keepAlive ? -1 : agreed)
                        : MqttProperties.NO_PROPERTIES);
    }

    private static @Nullable Refused refusal(
            MqttConnectMessage packet, SiteConfig.Listener config, boolean version5) {
        String clientId = packet.payload().clientIdentifier();
        MqttConnectReturnCode badId =
                version5
                        ? MqttConnectReturnCode.CONNECTION_REFUSED_CLIENT_IDENTIFIER_NOT_VALID
                        : MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED;
        if (clientId.isEmpty() && !version5 && !packet.variableHeader().isCleanSession()) {
            return new Refused(
                    RefusalReason.CONNECT_PACKET,
                    badId,
                    "an empty client id needs a clean session (MQTT 3.1.1, 3.1.3.1)");
        }
        if (clientId.length() > CLIENT_ID_LENGTH_MAX
                || clientId.chars().anyMatch(Character::isISOControl)) {
            return new Refused(
                    RefusalReason.CONNECT_PACKET,
                    badId,
                    "client id '%s' has %d characters; allowed are %d without control characters"
                            .formatted(
                                    Excerpt.of(clientId), clientId.length(), CLIENT_ID_LENGTH_MAX));
        }
        if (packet.variableHeader()
                        .properties()
                        .getProperty(MqttPropertyType.AUTHENTICATION_METHOD.value())
                != null) {
            return new Refused(
                    RefusalReason.CONNECT_PACKET,
                    MqttConnectReturnCode.CONNECTION_REFUSED_BAD_AUTHENTICATION_METHOD,
                    "enhanced authentication is not supported");
        }
        return packet.variableHeader().isWillFlag() ? badWill(packet, config, version5) : null;
    }

    private static @Nullable Refused badWill(
            MqttConnectMessage packet, SiteConfig.Listener config, boolean version5) {
        String topic = packet.payload().willTopic();
        if (!Topics.isTopic(topic) || topic.length() > config.topicLengthMax()) {
            return new Refused(
                    RefusalReason.TOPIC,
                    version5
                            ? MqttConnectReturnCode.CONNECTION_REFUSED_TOPIC_NAME_INVALID
                            : MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED,
                    "will topic '%s' must be a topic of 1 to %d characters without wildcards"
                            .formatted(Excerpt.of(topic), config.topicLengthMax()));
        }
        if (version5 && packet.variableHeader().willQos() == MqttQoS.EXACTLY_ONCE.value()) {
            return new Refused(
                    RefusalReason.QOS_2,
                    MqttConnectReturnCode.CONNECTION_REFUSED_QOS_NOT_SUPPORTED,
                    "the will is at QoS 2; the maximum here is 1");
        }
        return null;
    }

    private static @Nullable Refused authorisation(
            MqttConnectMessage packet,
            SiteConfig.Listener config,
            boolean version5,
            boolean local) {
        MqttConnectReturnCode notAuthorised =
                version5
                        ? MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED_5
                        : MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED;
        if (config.credentials().isEmpty()) {
            return local
                    ? null
                    : new Refused(
                            RefusalReason.ANONYMOUS,
                            notAuthorised,
                            "there are no credentials, so only loopback is served");
        }
        String user = packet.payload().userName();
        byte[] password = packet.payload().passwordInBytes();
        if (user == null || password == null) {
            return new Refused(
                    RefusalReason.CREDENTIALS, notAuthorised, "user name or password is missing");
        }
        String expected = config.credentials().get(user);
        // Compared even for an unknown user, so that the time taken tells nothing.
        boolean same =
                MessageDigest.isEqual(
                        password,
                        (expected == null ? "" : expected).getBytes(StandardCharsets.UTF_8));
        if (expected == null || !same) {
            return new Refused(
                    RefusalReason.CREDENTIALS,
                    version5
                            ? MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD
                            : MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD,
                    "user name or password of user '%s' is wrong".formatted(Excerpt.of(user)));
        }
        return null;
    }

    private static @Nullable Publication will(MqttConnectMessage packet) {
        if (!packet.variableHeader().isWillFlag()) {
            return null;
        }
        byte[] payload = packet.payload().willMessageInBytes();
        return new Publication(
                packet.payload().willTopic(), payload == null ? new byte[0] : payload, false);
    }

    private static MqttProperties properties(
            SiteConfig.Listener config, @Nullable String assignedId, int serverKeepAlive) {
        MqttProperties agreed = new MqttProperties();
        add(agreed, MqttPropertyType.MAXIMUM_QOS, 1);
        add(agreed, MqttPropertyType.RECEIVE_MAXIMUM, Math.min(0xffff, config.inFlightMax()));
        add(agreed, MqttPropertyType.MAXIMUM_PACKET_SIZE, config.packetBytesMax());
        add(agreed, MqttPropertyType.SESSION_EXPIRY_INTERVAL, 0);
        add(agreed, MqttPropertyType.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0);
        add(agreed, MqttPropertyType.SHARED_SUBSCRIPTION_AVAILABLE, 0);
        if (serverKeepAlive >= 0) {
            add(agreed, MqttPropertyType.SERVER_KEEP_ALIVE, serverKeepAlive);
        }
        if (assignedId != null) {
            agreed.add(
                    new MqttProperties.StringProperty(
                            MqttPropertyType.ASSIGNED_CLIENT_IDENTIFIER.value(), assignedId));
        }
        return agreed;
    }

    private static void add(MqttProperties properties, MqttPropertyType type, int value) {
        properties.add(new MqttProperties.IntegerProperty(type.value(), value));
    }

    private static int intProperty(MqttProperties properties, MqttPropertyType type, int absent) {
        return properties.getProperty(type.value())
                        instanceof MqttProperties.IntegerProperty property
                ? property.value()
                : absent;
    }
}
