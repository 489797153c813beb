package dev.vigil.sensor.modbus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vigil.sensor.BusFault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against a device on the loopback, which answers what the test wants. */
class TcpLinkTest {
    private static final byte[] REQUEST = HexFormat.of().parseHex("0300000001");

    /** One connection for each answer: a request is read, the answer written, then closed. */
    private record Device(ServerSocket server, Thread thread) implements AutoCloseable {
        static Device answering(List<String> answers) throws IOException {
            ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            Thread thread = Thread.ofPlatform().daemon(true).start(() -> serve(server, answers));
            return new Device(server, thread);
        }

        private static void serve(ServerSocket server, List<String> answers) {
            for (String answer : answers) {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().readNBytes(12);
                    socket.getOutputStream().write(HexFormat.ofDelimiter(" ").parseHex(answer));
                    socket.getInputStream().read(); // until the other side closes, or asks again
                } catch (IOException _) {
                    return;
                }
            }
        }

        TcpLink link() {
            return new TcpLink("127.0.0.1", server.getLocalPort(), Duration.ofSeconds(30));
        }

        @Override
        public void close() throws IOException {
            server.close();
            thread.interrupt();
        }
    }

    @Test
    void asksAndHasTheAnswer() throws Exception {
        try (Device device = Device.answering(List.of("00 01 00 00 00 05 07 03 02 01 12"))) {
            assertArrayEquals(HexFormat.of().parseHex("03020112"), device.link().ask(7, REQUEST));
        }
    }

    @Test
    void skipsAnAnswerThatCameTooLate() throws Exception {
        try (Device device =
                Device.answering(
                        List.of(
                                "00 63 00 00 00 05 07 03 02 FF FF 00 01 00 00 00 05 07 03 02 01 12"))) {
            assertArrayEquals(HexFormat.of().parseHex("03020112"), device.link().ask(7, REQUEST));
        }
    }

    @Test
    void connectsAnewAfterWhatIsNoAnswer() throws Exception {
        try (Device device =
                Device.answering(
                        List.of(
                                "48 54 54 50 2F 31 2E 31 20 34 30 30",
                                "00 02 00 00 00 05 08 03 02 01 12",
                                "00 03 00 00 00 05 07 03 02 01 12"))) {
            TcpLink link = device.link();
            BusFault noModbus = assertThrows(BusFault.class, () -> link.ask(7, REQUEST));
            assertEquals(BusFault.Kind.BROKEN, noModbus.kind());
            assertThrows(BusFault.class, () -> link.ask(7, REQUEST), "another unit's answer");
            assertEquals(4, link.ask(7, REQUEST).length);
        }
    }

    @Test
    void aDeviceThatIsNotThereIsGone() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        TcpLink link = new TcpLink("127.0.0.1", port, Duration.ofSeconds(30));
        BusFault gone = assertThrows(BusFault.class, () -> link.ask(7, REQUEST));
        assertEquals(BusFault.Kind.GONE, gone.kind());
    }

    @Test
    void aNameThatNobodyKnowsIsSaidToBeOne() {
        TcpLink link = new TcpLink("no such host", 502, Duration.ofSeconds(30));
        BusFault gone = assertThrows(BusFault.class, () -> link.ask(7, REQUEST));
        assertEquals(
                "modbus at no such host:502: no machine of that name is known", gone.getMessage());
    }

    @Test
    void aDeviceThatSaysNothingIsNoAnswer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TcpLink link = new TcpLink("127.0.0.1", silent.getLocalPort(), Duration.ofMillis(50));
            BusFault fault = assertThrows(BusFault.class, () -> link.ask(7, REQUEST));
            assertEquals(BusFault.Kind.NO_ANSWER, fault.kind());
        }
    }
}
