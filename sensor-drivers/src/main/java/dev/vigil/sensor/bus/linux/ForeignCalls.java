package dev.vigil.sensor.bus.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * System calls through Java's foreign function interface (JEP 454), on a JVM. Addresses are passed
 * as 64-bit integers: on x86-64 and on arm64 they travel in the same registers.
 */
@SuppressWarnings("restricted") // the manifest and ./vigil enable native access
final class ForeignCalls implements SystemCalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout()
                    .varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Where a call of this thread leaves its error number. */
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(
                    () -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private final MethodHandle calloc =
            LINKER.downcallHandle(
                    symbol("calloc"), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private final MethodHandle free =
            LINKER.downcallHandle(symbol("free"), FunctionDescriptor.ofVoid(JAVA_LONG));
    private final MethodHandle open =
            handle("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private final MethodHandle close =
            handle("close", 0, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private final MethodHandle ioctl =
            handle("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private final MethodHandle read =
            handle("read", 0, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private final MethodHandle write =
            handle("write", 0, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private final MethodHandle poll =
            handle("poll", 0, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private final MethodHandle socket =
            handle("socket", 0, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private final MethodHandle connect =
            handle("connect", 0, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    /** A call that leaves its error number; {@code variadicFrom} 0 when C declares no "...". */
    private static MethodHandle handle(
            String name, int variadicFrom, FunctionDescriptor descriptor) {
        Linker.Option errno = Linker.Option.captureCallState("errno");
        return variadicFrom == 0
                ? LINKER.downcallHandle(symbol(name), descriptor, errno)
                : LINKER.downcallHandle(
                        symbol(name),
                        descriptor,
                        errno,
                        Linker.Option.firstVariadicArg(variadicFrom));
    }

    @Override
    public Memory allocate(int bytes) {
        long address = called(() -> (long) calloc.invokeExact(1L, (long) bytes));
        if (address == 0) {
            throw new OutOfMemoryError("no native memory for %d bytes".formatted(bytes));
        }
        return new Memory(
                address,
                MemorySegment.ofAddress(address)
                        .reinterpret(bytes)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder()));
    }

    @Override
    public void free(Memory memory) {
        called(
                () -> {
                    free.invokeExact(memory.address());
                    return 0L;
                });
    }

    @Override
    public int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            MemorySegment state = STATE.get();
            return result(called(() -> (int) open.invokeExact(state, name, flags)), state);
        }
    }

    @Override
    public int close(int file) {
        MemorySegment state = STATE.get();
        return result(called(() -> (int) close.invokeExact(state, file)), state);
    }

    @Override
    public int ioctl(int file, long request, long argument) {
        MemorySegment state = STATE.get();
        return result(called(() -> (int) ioctl.invokeExact(state, file, request, argument)), state);
    }

    @Override
    public int read(int file, long address, int length) {
        MemorySegment state = STATE.get();
        return result(
                called(() -> (long) read.invokeExact(state, file, address, (long) length)), state);
    }

    @Override
    public int write(int file, long address, int length) {
        MemorySegment state = STATE.get();
        return result(
                called(() -> (long) write.invokeExact(state, file, address, (long) length)), state);
    }

    @Override
    public int poll(long address, int count, int timeoutMillis) {
        MemorySegment state = STATE.get();
        return result(
                called(() -> (int) poll.invokeExact(state, address, (long) count, timeoutMillis)),
                state);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        MemorySegment state = STATE.get();
        return result(called(() -> (int) socket.invokeExact(state, domain, type, protocol)), state);
    }

    @Override
    public int connect(int file, long address, int length) {
        MemorySegment state = STATE.get();
        return result(called(() -> (int) connect.invokeExact(state, file, address, length)), state);
    }

    private static int result(long returned, MemorySegment state) {
        return returned >= 0 ? (int) returned : -(int) ERRNO.get(state, 0L);
    }

    /** A downcall: declared to throw anything, throws nothing. */
    @FunctionalInterface
    private interface Call {
        long run() throws Throwable;
    }

    private static long called(Call call) {
        // CHECKSTYLE OFF: MethodHandle.invokeExact declares Throwable; a C function throws nothing
        try {
            return call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a C function threw", e);
        }
        // CHECKSTYLE ON
    }
}
