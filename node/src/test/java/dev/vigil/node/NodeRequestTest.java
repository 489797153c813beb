package dev.vigil.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeRequestTest {
    private static final Duration BOUND = Duration.ofSeconds(30);

    /** What was asked of it before it closed the connection without an answer. */
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @ValueSource(strings = {"", "an order"})
    void anOrderThatIsNotAnsweredIsGivenOnce(String order) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        byte[] body = order.getBytes(StandardCharsets.UTF_8);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            Thread.ofPlatform().daemon().start(() -> hear(server, body.length));
            String page = "http://127.0.0.1:" + server.getLocalPort();
            assertEquals(1, NodeRequest.post(page, "/api/order", body).send(BOUND, 200, out, out));
        }
        assertEquals(List.of("POST /api/order HTTP/1.1 " + order), requests);
        String text = said.toString(StandardCharsets.UTF_8);
        assertTrue(text.startsWith("vigil: no node answers at http://127.0.0.1:"), text);
    }

    private void hear(ServerSocket server, int length) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    int next = in.read();
                    if (next < 0) {
                        throw new IOException("cut off after " + head);
                    }
                    head.append((char) next);
                }
                String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                requests.add(head.substring(0, head.indexOf("\r\n")) + " " + body);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    requests.add(e.toString());
                }
            }
        }
    }
}
