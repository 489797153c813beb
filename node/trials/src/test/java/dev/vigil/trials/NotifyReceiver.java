package dev.vigil.trials;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A service manager's end of $NOTIFY_SOCKET (sd_notify(3)). Owned by one thread, which polls. */
@SuppressWarnings("restricted") // surefire enables native access
final class NotifyReceiver implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_NONBLOCK = 2 | 0x800;
    private static final int ADDRESS_BYTES = 110;
    private static final int MESSAGE_BYTES = 4096;

    private final Arena arena = Arena.ofConfined();
    private final MethodHandle recv =
            call("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private final MethodHandle close = call("close", JAVA_INT, JAVA_INT);
    private final List<String> heard = new ArrayList<>();
    private final Path path;
    private final int socket;

    NotifyReceiver() {
        try {
            path = Files.createTempDirectory("vigil-notify").resolve("socket");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        MemorySegment address = arena.allocate(ADDRESS_BYTES);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
        MethodHandle open = call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
        MethodHandle bind = call("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
        socket = (int) called(() -> (int) open.invokeExact(AF_UNIX, SOCK_DGRAM_NONBLOCK, 0));
        long bound = called(() -> (int) bind.invokeExact(socket, address, 2 + name.length));
        if (socket < 0 || bound < 0) {
            throw new TrialFailure("no socket at " + path);
        }
    }

    /** For the environment of the process that is to speak. */
    String address() {
        return path.toString();
    }

    /** Every word so far, in their order. */
    List<String> heard() {
        MemorySegment message = arena.allocate(MESSAGE_BYTES);
        for (long length = next(message); length > 0; length = next(message)) {
            byte[] text = message.asSlice(0, length).toArray(JAVA_BYTE);
            heard.addAll(new String(text, StandardCharsets.UTF_8).lines().toList());
        }
        return List.copyOf(heard);
    }

    private long next(MemorySegment into) {
        return called(() -> (long) recv.invokeExact(socket, into, (long) MESSAGE_BYTES, 0));
    }

    @Override
    public void close() {
        called(() -> (int) close.invokeExact(socket));
        arena.close();
    }

    private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    @FunctionalInterface
    private interface Call {
        long run() throws Throwable;
    }

    private static long called(Call call) {
        // CHECKSTYLE OFF: MethodHandle.invokeExact declares Throwable; a C function throws nothing
        try {
            return call.run();
        } catch (Throwable e) {
            throw new AssertionError("a C function threw", e);
        }
        // CHECKSTYLE ON
    }
}
