package dev.vigil.node.ingest;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bytes on a socket, for what no client library will send: wrong packets, half connections, clients
 * that do not read.
 */
final class RawClient implements Closeable {
    static final int V311 = 4;
    static final int V5 = 5;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    RawClient(int port) throws IOException {
        socket.setReceiveBufferSize(16_384);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
        socket.setSoTimeout(15_000);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Type and flags in {@code first}, then the parts: bytes, or strings with their length. */
    void packet(int first, Object... parts) throws IOException {
        send(bytes(first, parts));
    }

    static byte[] bytes(int first, Object... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Object part : parts) {
            switch (part) {
                case Integer b -> body.write(b);
                case String text -> {
                    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                    body.write(utf8.length >> 8);
                    body.write(utf8.length);
                    body.writeBytes(utf8);
                }
                case byte[] raw -> body.writeBytes(raw);
                default -> throw new IllegalArgumentException(String.valueOf(part));
            }
        }
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(first);
        int rest = body.size();
        do {
            packet.write(rest % 128 | (rest >= 128 ? 128 : 0));
            rest /= 128;
        } while (rest > 0);
        packet.writeBytes(body.toByteArray());
        return packet.toByteArray();
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** CONNECT with a clean session, and its CONNACK's body. */
    byte[] connect(int version, String clientId, int keepAliveSeconds) throws IOException {
        byte[] properties = version == V5 ? new byte[] {0} : new byte[0];
        packet(
                0x10,
                "MQTT",
                version,
                0x02,
                keepAliveSeconds >> 8,
                keepAliveSeconds & 0xff,
                properties,
                clientId);
        return expect(0x20);
    }

    void publish(int version, int qos, int packetId, String topic, byte[] payload)
            throws IOException {
        send(publishBytes(version, qos, packetId, topic, payload));
    }

    static byte[] publishBytes(int version, int qos, int packetId, String topic, byte[] payload) {
        byte[] id = qos == 0 ? new byte[0] : new byte[] {(byte) (packetId >> 8), (byte) packetId};
        byte[] properties = version == V5 ? new byte[] {0} : new byte[0];
        return bytes(0x30 | qos << 1, topic, id, properties, payload);
    }

    /** The next packet, which must be of this type; its body. */
    byte[] expect(int first) throws IOException {
        int found = in.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.readUnsignedByte();
            length |= (digit & 127) << shift;
            shift += 7;
        } while ((digit & 128) != 0);
        byte[] body = in.readNBytes(length);
        if (found != first) {
            throw new IOException("expected packet 0x%02x, found 0x%02x".formatted(first, found));
        }
        return body;
    }

    int puback() throws IOException {
        return ByteBuffer.wrap(expect(0x40)).getShort() & 0xffff;
    }

    /** True when the node closed it; what it sent before is thrown away. */
    boolean isClosedByNode() throws IOException {
        try {
            while (in.read() >= 0) {
                // Until the end.
            }
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (SocketException _) {
            return true; // A reset is an end too.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
