package dev.vigil.node.ingest;

/** Why a connection was refused or ended by the node: the tag of its counter. */
public enum RefusalReason {
    /** More connections than {@code connectionsMax}. */
    CONNECTIONS("connections"),
    /** No CONNECT packet within the bound. */
    NO_CONNECT("no-connect"),
    /** User name or password missing or wrong. */
    CREDENTIALS("credentials"),
    /** Anonymous on an address other than loopback. */
    ANONYMOUS("anonymous"),
    /** An MQTT version, client id, or authentication method the node does not take. */
    CONNECT_PACKET("connect-packet"),
    /** Nothing heard for one and a half times the keep-alive. */
    KEEP_ALIVE("keep-alive"),
    /** Another connection came with the same client id. */
    TAKEN_OVER("taken-over"),
    /** A packet larger than {@code packetBytesMax}. */
    PACKET_SIZE("packet-size"),
    /** A topic longer than {@code topicLengthMax}, or not a topic. */
    TOPIC("topic"),
    /** A message at QoS 2. */
    QOS_2("qos-2"),
    /** An MQTT 5 client sent more at once than the Receive Maximum it was told. */
    IN_FLIGHT("in-flight"),
    /** Bytes that are not MQTT, or a packet the protocol forbids at that moment. */
    PROTOCOL("protocol"),
    /** Its messages can't be kept, because the journal is at fault; it must send them again. */
    JOURNAL("journal"),
    /** A subscriber that reads more slowly than the node publishes. */
    SLOW_SUBSCRIBER("slow-subscriber");

    private final String tag;

    RefusalReason(String tag) {
        this.tag = tag;
    }

    /** As metrics show it. */
    public String tag() {
        return tag;
    }
}
