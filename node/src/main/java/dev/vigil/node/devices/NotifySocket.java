package dev.vigil.node.devices;

import dev.vigil.sensor.bus.linux.Memory;
import dev.vigil.sensor.bus.linux.SystemCalls;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The service manager's socket (sd_notify(3)): a datagram for each word. Immutable; any thread. By
 * system calls, because Java has no datagrams on Unix sockets.
 */
public final class NotifySocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    /** A word that can't be taken at once is not waited for. */
    private static final int SOCK_NONBLOCK = 0x800;

    private static final int SOCK_CLOEXEC = 0x80000;

    /** unix(7): sun_family, sun_path. */
    private static final int PATH_AT = 2;

    private static final int PATH_MAX = 108;

    private final SystemCalls calls;
    private final byte[] path;

    private NotifySocket(SystemCalls calls, byte[] path) {
        this.calls = calls;
        this.path = path;
    }

    /** The one that $NOTIFY_SOCKET names: a path, or with {@code @} an abstract address. */
    public static Optional<NotifySocket> of(SystemCalls calls, Map<String, String> environment) {
        String named = environment.getOrDefault("NOTIFY_SOCKET", "");
        byte[] path = named.getBytes(StandardCharsets.UTF_8);
        if (path.length < 2 || path.length >= PATH_MAX || !named.matches("[/@].*")) {
            return Optional.empty();
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        return Optional.of(new NotifySocket(calls, path));
    }

    /**
     * Says {@code READY=1}, {@code WATCHDOG=1}, {@code STOPPING=1}.
     *
     * @return 0, or the kernel's negative error number
     */
    public int say(String word) {
        byte[] text = word.getBytes(StandardCharsets.UTF_8);
        int socket = calls.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (socket < 0) {
            return socket;
        }
        Memory address = calls.allocate(PATH_AT + PATH_MAX);
        Memory message = calls.allocate(text.length);
        try {
            address.bytes().putShort(0, (short) AF_UNIX).put(PATH_AT, path);
            message.bytes().put(0, text);
            int connected = calls.connect(socket, address.address(), PATH_AT + path.length);
            int written =
                    connected < 0 ? connected : calls.write(socket, message.address(), text.length);
            return Math.min(0, written);
        } finally {
            calls.free(message);
            calls.free(address);
            calls.close(socket);
        }
    }
}
