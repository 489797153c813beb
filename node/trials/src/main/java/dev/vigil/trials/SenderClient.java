package dev.vigil.trials;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A QoS 1 sender that knows exactly which messages were acknowledged. Owned by one thread, which
 * sends; a reader thread of its own takes the acknowledgements.
 *
 * <p>A message is a number, its ticket; a {@link Source} says what is in it, so nothing is kept
 * until it is acknowledged and nothing is allocated per message. At most {@code window} messages
 * are on the way. What was not acknowledged when a connection ended is sent again, with the same
 * packet identifier and DUP, by {@link #resendUnacknowledged} on the next one (MQTT 3.1.1, 4.4).
 */
public final class SenderClient implements AutoCloseable {
    /** The largest window: packet identifiers are 16 bits, half of them stay free. */
    public static final int WINDOW_MAX = 32_000;

    private static final int PACKET_IDS = 65_536;
    private static final long FREE = -1;
    private static final int FLUSH_AT_BYTES = 32 * 1024;
    private static final int PAYLOAD_BYTES_MAX = 512 * 1024;

    /** What the message with a ticket is. Called by the sending thread. */
    public interface Source {
        byte[] topic(long ticket);

        /** Writes the payload to {@code into}, from 0; its length. */
        int payload(long ticket, byte[] into);
    }

    /** Told of each PUBACK by the reader thread, at {@link System#nanoTime}. */
    @FunctionalInterface
    public interface Receipt {
        void acknowledged(long ticket, long nanoTime);
    }

    private final String clientId;
    private final int window;
    private final Source source;
    private final Receipt receipt;
    private final AtomicLongArray ticketOfPacket = new AtomicLongArray(PACKET_IDS);
    private final Semaphore room;
    private final AtomicLong acknowledged = new AtomicLong();
    private final MqttWire wire = new MqttWire(FLUSH_AT_BYTES + 4096);
    private final byte[] payload = new byte[PAYLOAD_BYTES_MAX];
    private int lastPacketId;
    private long sent;
    private long resent;
    private @Nullable Connection connection;

    public SenderClient(String clientId, int window, Source source, Receipt receipt) {
        if (window < 1 || window > WINDOW_MAX) {
            throw new IllegalArgumentException(
                    "window of %s is %d: 1 to %d".formatted(clientId, window, WINDOW_MAX));
        }
        this.clientId = clientId;
        this.window = window;
        this.source = source;
        this.receipt = receipt;
        room = new Semaphore(window);
        for (int i = 0; i < PACKET_IDS; i++) {
            ticketOfPacket.set(i, FREE);
        }
    }

    /** Opens a connection on the loopback interface and waits for a CONNACK that accepts. */
    public void connect(int port, Duration bound) throws IOException {
        disconnect();
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Math.toIntExact(bound.toMillis()));
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    Math.toIntExact(bound.toMillis()));
            wire.clear();
            wire.connect(clientId);
            socket.getOutputStream().write(wire.bytes(), 0, wire.length());
            wire.clear();
            InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
            readConnack(in);
            socket.setSoTimeout(0);
            connection = new Connection(socket, in);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void readConnack(InputStream in) throws IOException {
        byte[] answer = in.readNBytes(4);
        if (answer.length < 4 || (answer[0] & 0xF0) != MqttWire.CONNACK || answer[3] != 0) {
            throw new IOException(
                    "%s was not accepted: %s instead of a CONNACK with code 0"
                            .formatted(clientId, HexFormat.of().formatHex(answer)));
        }
    }

    /**
     * Sends a message, waiting while the window is full. An IOException means the connection has
     * ended; if {@link #sentTotal} has grown the message was taken all the same and will be sent
     * again, else it was not.
     */
    public void send(long ticket) throws IOException {
        takeRoom();
        int packetId = freePacketId();
        ticketOfPacket.set(packetId, ticket);
        sent++;
        write(ticket, packetId, false);
        if (wire.length() >= FLUSH_AT_BYTES) {
            flush();
        }
    }

    /** Whether {@link #send} would not wait. */
    public boolean hasRoom() {
        return room.availablePermits() > 0;
    }

    /** Sends what was not acknowledged on an earlier connection, oldest first; their tickets. */
    public long[] resendUnacknowledged() throws IOException {
        long[] tickets = new long[window];
        int count = 0;
        for (long ticketAndPacket : unacknowledgedPackets()) {
            int packetId = (int) (ticketAndPacket & 0xFFFF);
            long ticket = ticketAndPacket >>> 16;
            if (ticketOfPacket.get(packetId) == ticket) {
                tickets[count++] = ticket;
                resent++;
                write(ticket, packetId, true);
            }
        }
        flush();
        return Arrays.copyOf(tickets, count);
    }

    /** Ticket in the upper 48 bits, packet identifier in the lower 16; by ticket. */
    private long[] unacknowledgedPackets() {
        long[] found = new long[window];
        int count = 0;
        for (int packetId = 1; packetId < PACKET_IDS; packetId++) {
            long ticket = ticketOfPacket.get(packetId);
            if (ticket != FREE) {
                found[count++] = (ticket << 16) | packetId;
            }
        }
        long[] waiting = Arrays.copyOf(found, count);
        Arrays.sort(waiting);
        return waiting;
    }

    /** Hands what is buffered to the socket; an IOException when the connection has ended. */
    public void flush() throws IOException {
        Connection now = open();
        try {
            now.out.write(wire.bytes(), 0, wire.length());
        } finally {
            wire.clear();
        }
    }

    /**
     * Waits until nothing is on the way; false when the connection has ended, before or meanwhile,
     * or the bound passed. An IOException only without any connection.
     */
    public boolean awaitAcknowledgements(Duration bound) throws IOException {
        Connection now = connection;
        if (now == null) {
            throw new IOException(clientId + " is not connected");
        }
        try {
            flush();
        } catch (IOException e) {
            return false;
        }
        return Waiting.until(bound, () -> room.availablePermits() == window || now.failure != null)
                && room.availablePermits() == window;
    }

    public long sentTotal() {
        return sent;
    }

    public long resentTotal() {
        return resent;
    }

    public long acknowledgedTotal() {
        return acknowledged.get();
    }

    /** Whether the connection still stands, as far as anyone can know. */
    public boolean isConnected() {
        Connection now = connection;
        return now != null && now.failure == null;
    }

    /** Closes the connection, if any, without a DISCONNECT, and waits for its reader to end. */
    public void disconnect() {
        Connection now = connection;
        connection = null;
        wire.clear();
        if (now != null) {
            now.end();
        }
    }

    /** Says DISCONNECT when it can. */
    @Override
    public void close() {
        if (isConnected()) {
            try {
                wire.disconnect();
                flush();
            } catch (IOException e) {
                wire.clear(); // the other side was faster
            }
        }
        disconnect();
    }

    private Connection open() throws IOException {
        Connection now = connection;
        if (now == null) {
            throw new IOException(clientId + " is not connected");
        }
        IOException failure = now.failure;
        if (failure != null) {
            throw new IOException("connection of %s ended".formatted(clientId), failure);
        }
        return now;
    }

    private void takeRoom() throws IOException {
        if (room.tryAcquire()) {
            return;
        }
        flush();
        try {
            while (!room.tryAcquire(50, TimeUnit.MILLISECONDS)) {
                open();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(clientId + " was interrupted while its window was full", e);
        }
    }

    private int freePacketId() {
        int packetId = lastPacketId;
        do {
            packetId = packetId == PACKET_IDS - 1 ? 1 : packetId + 1;
        } while (ticketOfPacket.get(packetId) != FREE);
        lastPacketId = packetId;
        return packetId;
    }

    private void write(long ticket, int packetId, boolean again) {
        int length = source.payload(ticket, payload);
        wire.publish(source.topic(ticket), packetId, payload, length, again);
    }

    /** One connection and the thread that reads it. */
    private final class Connection {
        final Socket socket;
        final OutputStream out;
        final Thread reader;
        volatile @Nullable IOException failure;

        Connection(Socket socket, InputStream in) throws IOException {
            this.socket = socket;
            out = socket.getOutputStream();
            reader = Thread.ofPlatform().daemon().name(clientId + "-acks").start(() -> read(in));
        }

        private void read(InputStream in) {
            try {
                while (true) {
                    readPacket(in);
                }
            } catch (IOException e) {
                failure = e;
            }
        }

        private void readPacket(InputStream in) throws IOException {
            int type = octet(in);
            int length = octet(in);
            if ((type & 0xF0) == MqttWire.PUBACK && length == 2) {
                int packetId = (octet(in) << 8) | octet(in);
                long ticket = ticketOfPacket.getAndSet(packetId, FREE);
                if (ticket != FREE) {
                    receipt.acknowledged(ticket, System.nanoTime());
                    acknowledged.incrementAndGet();
                    room.release();
                }
            } else if (length < 0x80) {
                in.skipNBytes(length);
            } else {
                throw new IOException(
                        "a packet of type 0x%02x is longer than a sender expects".formatted(type));
            }
        }

        private int octet(InputStream in) throws IOException {
            int octet = in.read();
            if (octet < 0) {
                throw new EOFException("the node closed the connection");
            }
            return octet;
        }

        void end() {
            try {
                socket.close();
            } catch (IOException e) {
                failure = e;
            }
            try {
                reader.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
