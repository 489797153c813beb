package dev.vigil.trials;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A thin link on loopback: all connections together carry so many bytes a second in each direction,
 * first come, first served. Closed by the test that opens it, with its threads.
 */
final class ThrottledProxy implements AutoCloseable {
    /** A small part of a second's worth, so that no connection holds another up for long. */
    private static final int CHUNK_BYTES = 256;

    private static final int BUFFER_BYTES = 4_096;

    private final ServerSocket server;
    private final Direction up;
    private final Direction down;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int target;

    /** One direction's share of time. */
    private static final class Direction {
        private final int bytesPerSecond;
        private final AtomicLong freeAt = new AtomicLong(System.nanoTime());
        private final AtomicLong bytes = new AtomicLong();

        private Direction(int bytesPerSecond) {
            this.bytesPerSecond = bytesPerSecond;
        }

        /** Returns when these bytes are through. */
        private void carry(int count) {
            long lasts = count * 1_000_000_000L / bytesPerSecond;
            long through = freeAt.updateAndGet(free -> Math.max(free, System.nanoTime()) + lasts);
            for (long wait = through - System.nanoTime();
                    wait > 0;
                    wait = through - System.nanoTime()) {
                LockSupport.parkNanos(this, wait);
            }
            bytes.addAndGet(count);
        }
    }

    private ThrottledProxy(ServerSocket server, int bytesPerSecond) {
        this.server = server;
        this.up = new Direction(bytesPerSecond);
        this.down = new Direction(bytesPerSecond);
    }

    /** Listens on a free port; {@link #target} says where to. */
    static ThrottledProxy open(int bytesPerSecond) {
        try {
            var server = new ServerSocket();
            server.setReceiveBufferSize(BUFFER_BYTES);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            var proxy = new ThrottledProxy(server, bytesPerSecond);
            Thread.ofPlatform().daemon().name("throttled-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("no port for the proxy", e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    void target(int port) {
        target = port;
    }

    /** Carried from clients to the server. */
    long bytesUp() {
        return up.bytes.get();
    }

    @Override
    public void close() {
        end(server);
        sockets.forEach(ThrottledProxy::end);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                sockets.add(client);
                var there = new Socket();
                sockets.add(there);
                there.setReceiveBufferSize(BUFFER_BYTES);
                there.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                client.setTcpNoDelay(true);
                there.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().start(() -> pump(client, there, up));
                Thread.ofPlatform().daemon().start(() -> pump(there, client, down));
            } catch (IOException _) {
                // closed, or nobody is there: the client tries again
            }
        }
    }

    private void pump(Socket from, Socket to, Direction direction) {
        var chunk = new byte[CHUNK_BYTES];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                direction.carry(count);
                out.write(chunk, 0, count);
            }
        } catch (IOException _) {
            // one of both has ended
        }
        end(from);
        end(to);
        sockets.remove(from);
        sockets.remove(to);
    }

    private static void end(Closeable socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // it is to be gone, and is
        }
    }
}
