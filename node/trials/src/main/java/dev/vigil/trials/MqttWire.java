package dev.vigil.trials;

import java.nio.charset.StandardCharsets;

/**
 * The few MQTT 3.1.1 packets a sender needs (OASIS mqtt-v3.1.1-os; sections 3.1 to 3.4), written
 * into a buffer of its own. Owned by one thread.
 */
final class MqttWire {
    static final int CONNACK = 0x20;
    static final int PUBACK = 0x40;
    private static final int CONNECT = 0x10;
    private static final int PUBLISH = 0x30;
    private static final int QOS_1 = 0x02;
    private static final int DUP = 0x08;
    private static final int CLEAN_SESSION = 0x02;
    private static final int LEVEL_3_1_1 = 4;

    private byte[] buffer;
    private int length;

    MqttWire(int capacity) {
        buffer = new byte[capacity];
    }

    /** CONNECT with a clean session, without keep-alive, user name or will. */
    void connect(String clientId) {
        byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        ensure(16 + id.length);
        head(CONNECT, 10 + 2 + id.length);
        string("MQTT".getBytes(StandardCharsets.US_ASCII));
        put(LEVEL_3_1_1);
        put(CLEAN_SESSION);
        putShort(0);
        string(id);
    }

    /** PUBLISH at QoS 1; {@code again} sets DUP (3.3.1.1). */
    void publish(byte[] topic, int packetId, byte[] payload, int payloadLength, boolean again) {
        int remaining = 2 + topic.length + 2 + payloadLength;
        ensure(5 + remaining);
        head(PUBLISH | QOS_1 | (again ? DUP : 0), remaining);
        string(topic);
        putShort(packetId);
        System.arraycopy(payload, 0, buffer, length, payloadLength);
        length += payloadLength;
    }

    void disconnect() {
        ensure(2);
        head(0xE0, 0);
    }

    byte[] bytes() {
        return buffer;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    /** Fixed header: type and flags, then the remaining length in 7-bit groups (2.2.3). */
    private void head(int typeAndFlags, int remaining) {
        put(typeAndFlags);
        int rest = remaining;
        do {
            int group = rest & 0x7F;
            rest >>>= 7;
            put(rest > 0 ? group | 0x80 : group);
        } while (rest > 0);
    }

    private void string(byte[] text) {
        putShort(text.length);
        System.arraycopy(text, 0, buffer, length, text.length);
        length += text.length;
    }

    private void putShort(int value) {
        put(value >>> 8);
        put(value);
    }

    private void put(int value) {
        buffer[length++] = (byte) value;
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = java.util.Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
