package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a scripted server on a loopback socket. */
class SenderClientTest {
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private ServerSocket server = serverSocket();

    private final SenderClient client =
            new SenderClient(
                    "sender-1",
                    4,
                    new SenderClient.Source() {
                        @Override
                        public byte[] topic(long ticket) {
                            return "t/%d".formatted(ticket).getBytes(StandardCharsets.UTF_8);
                        }

                        @Override
                        public int payload(long ticket, byte[] into) {
                            into[0] = (byte) ticket;
                            return 1;
                        }
                    },
                    (ticket, nanoTime) -> acknowledged.add(ticket));

    @BeforeEach
    void listen() throws IOException {
        server.setSoTimeout(10_000);
    }

    @AfterEach
    void end() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void writesAConnectAsInSection31() throws Exception {
        FutureTask<byte[]> connect = script(() -> accept().connect);

        client.connect(server.getLocalPort(), BOUND);

        assertArrayEquals(
                java.util.HexFormat.of()
                        .parseHex("101400044d5154540402000000" + "08" + "73656e6465722d31"),
                connect.get());
    }

    @Test
    void aRefusedConnectionIsAnError() {
        FutureTask<Boolean> refusal =
                script(
                        () -> {
                            try (Socket socket = server.accept()) {
                                socket.getInputStream().readNBytes(22);
                                socket.getOutputStream().write(new byte[] {0x20, 2, 0, 5});
                            }
                            return true;
                        });

        IOException e =
                assertThrows(IOException.class, () -> client.connect(server.getLocalPort(), BOUND));

        assertTrue(String.valueOf(e.getMessage()).contains("20020005"), e::toString);
        assertTrue(get(refusal));
    }

    @Test
    void countsWhatIsAcknowledgedInWhateverOrder() throws Exception {
        FutureTask<List<Published>> got =
                script(
                        () -> {
                            Accepted sender = accept();
                            List<Published> all = sender.read(3);
                            sender.acknowledge(all.get(1));
                            sender.acknowledge(all.get(0));
                            sender.acknowledge(all.get(2));
                            return all;
                        });
        client.connect(server.getLocalPort(), BOUND);

        for (long ticket = 0; ticket < 3; ticket++) {
            client.send(ticket);
        }

        assertTrue(client.awaitAcknowledgements(BOUND));
        assertEquals(List.of(1L, 0L, 2L), acknowledged);
        assertEquals(
                List.of(
                        new Published(0x32, "t/0", 1, 0),
                        new Published(0x32, "t/1", 2, 1),
                        new Published(0x32, "t/2", 3, 2)),
                get(got));
    }

    @Test
    void sendsOnTheNextConnectionWhatTheLastDidNotAcknowledge() throws Exception {
        FutureTask<Boolean> first =
                script(
                        () -> {
                            Accepted sender = accept();
                            List<Published> all = sender.read(4);
                            sender.acknowledge(all.get(2));
                            sender.socket.close();
                            return true;
                        });
        client.connect(server.getLocalPort(), BOUND);
        for (long ticket = 0; ticket < 4; ticket++) {
            client.send(ticket);
        }
        assertFalse(client.awaitAcknowledgements(BOUND));
        assertTrue(get(first));
        FutureTask<List<Published>> second =
                script(
                        () -> {
                            Accepted sender = accept();
                            List<Published> all = sender.read(3);
                            for (Published message : all) {
                                sender.acknowledge(message);
                            }
                            return all;
                        });

        client.connect(server.getLocalPort(), BOUND);
        assertArrayEquals(new long[] {0, 1, 3}, client.resendUnacknowledged());

        assertTrue(client.awaitAcknowledgements(BOUND));
        assertEquals(
                List.of(
                        new Published(0x3A, "t/0", 1, 0),
                        new Published(0x3A, "t/1", 2, 1),
                        new Published(0x3A, "t/3", 4, 3)),
                get(second));
        assertEquals(4, client.acknowledgedTotal());
    }

    @Test
    void aFullWindowWaitsAndEndsWithTheConnection() throws Exception {
        FutureTask<Boolean> script =
                script(
                        () -> {
                            Accepted sender = accept();
                            sender.read(4);
                            sender.socket.close();
                            return true;
                        });
        client.connect(server.getLocalPort(), BOUND);
        for (long ticket = 0; ticket < 4; ticket++) {
            client.send(ticket);
        }

        assertThrows(IOException.class, () -> client.send(4));

        assertTrue(get(script));
        assertEquals(4, client.sentTotal());
    }

    private record Published(int head, String topic, int packetId, int payload) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Accepted(Socket socket, byte[] connect) {
        List<Published> read(int count) throws IOException {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            List<Published> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int head = in.readUnsignedByte();
                in.readUnsignedByte();
                all.add(
                        new Published(
                                head, in.readUTF(), in.readUnsignedShort(), in.readUnsignedByte()));
            }
            return all;
        }

        void acknowledge(Published message) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(
                    new byte[] {0x40, 2, (byte) (message.packetId >>> 8), (byte) message.packetId});
        }
    }

    private Accepted accept() throws IOException {
        Socket socket = server.accept();
        byte[] connect = socket.getInputStream().readNBytes(22);
        socket.getOutputStream().write(new byte[] {0x20, 2, 0, 0});
        return new Accepted(socket, connect);
    }

    private static <T> FutureTask<T> script(Callable<T> steps) {
        FutureTask<T> task = new FutureTask<>(steps);
        Thread.ofPlatform().daemon().name("scripted-server").start(task);
        return task;
    }

    private static <T> T get(FutureTask<T> task) {
        try {
            return task.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("the scripted server failed", e);
        }
    }

    private static ServerSocket serverSocket() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError("no free port", e);
        }
    }
}
