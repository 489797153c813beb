package dev.vigil.node.ingest;

/** Why a message, or one of its records, was not taken as a reading: the tag of its counter. */
public enum QuarantineReason {
    /** No line of the topic map matches the topic. */
    UNKNOWN_TOPIC("unknown-topic"),
    /** No channel of the site has the record's name. */
    UNKNOWN_CHANNEL("unknown-channel"),
    /** The payload is not what the topic map says it is: not JSON, not CBOR, not a number. */
    NOT_READABLE("not-readable"),
    /** Well-formed, but against RFC 8428: version, must-understand label, a label twice. */
    NOT_SENML("not-senml"),
    /** No unit, an unknown one, or one of another quantity. */
    WRONG_UNIT("wrong-unit"),
    /** NaN or infinite. */
    NOT_FINITE("not-finite"),
    /** No value where one is needed, or text where a number is needed. */
    NO_VALUE("no-value"),
    /**
     * The will of a client whose connection broke, on a topic that no line of the topic map
     * matches: the note that a sensor is gone.
     */
    SENSOR_GONE("sensor-gone"),
    /** The reading was kept, but its sample time was replaced by the time of arrival. */
    IMPLAUSIBLE_TIME("implausible-time");

    private final String tag;

    QuarantineReason(String tag) {
        this.tag = tag;
    }

    /** As metrics show it. */
    public String tag() {
        return tag;
    }
}
