package dev.vigil.trials;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A device on the loopback whose every register holds the same number (MODBUS Messaging on TCP/IP
 * Implementation Guide V1.0b, 3.1.3). Its own thread serves one connection after the other.
 */
final class ModbusDevice implements AutoCloseable {
    private static final int REQUEST_BYTES = 6; // unit, function, register, count

    private final ServerSocket server;
    private final int value;

    ModbusDevice(int value) {
        this.value = value;
        try {
            server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("no port on the loopback interface", e);
        }
        Thread.ofPlatform().daemon().name("modbus-device").start(this::serve);
    }

    /** {@code host:port}. */
    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                answer(
                        new DataInputStream(socket.getInputStream()),
                        new DataOutputStream(socket.getOutputStream()));
            } catch (IOException _) {
                // the node has ended its connection, or the trial this device
            }
        }
    }

    private void answer(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            short transaction = in.readShort();
            in.readInt(); // protocol and length, which are always the same
            byte[] request = in.readNBytes(REQUEST_BYTES);
            if (request.length < REQUEST_BYTES) {
                return;
            }
            int registers = request[5];
            out.writeShort(transaction);
            out.writeShort(0);
            out.writeShort(3 + 2 * registers);
            out.write(request, 0, 2);
            out.writeByte(2 * registers);
            for (int i = 0; i < registers; i++) {
                out.writeShort(value);
            }
            out.flush();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a Modbus device does not close", e);
        }
    }
}
