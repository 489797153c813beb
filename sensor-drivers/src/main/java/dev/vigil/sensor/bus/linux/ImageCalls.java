package dev.vigil.sensor.bus.linux;

import java.nio.ByteOrder;
import org.graalvm.nativeimage.UnmanagedMemory;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.nativeimage.c.type.CIntPointer;
import org.graalvm.nativeimage.c.type.CTypeConversion;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;
import org.graalvm.word.WordFactory;

/**
 * System calls as plain calls of the C library, in a native executable. Nothing of this class is
 * loaded on a JVM.
 *
 * <p>errno is read right after the call. What may come between is a safepoint; it waits with
 * pthread functions, which leave errno alone.
 */
final class ImageCalls implements SystemCalls {
    @Override
    public Memory allocate(int bytes) {
        Pointer memory = UnmanagedMemory.calloc(WordFactory.unsigned(bytes));
        return new Memory(
                memory.rawValue(),
                CTypeConversion.asByteBuffer(memory, bytes).order(ByteOrder.nativeOrder()));
    }

    @Override
    public void free(Memory memory) {
        UnmanagedMemory.free(WordFactory.<Pointer>pointer(memory.address()));
    }

    @Override
    public int open(String path, int flags) {
        try (CTypeConversion.CCharPointerHolder name = CTypeConversion.toCString(path)) {
            return result(cOpen(name.get(), flags));
        }
    }

    @Override
    public int close(int file) {
        return result(cClose(file));
    }

    @Override
    public int ioctl(int file, long request, long argument) {
        return result(cIoctl(file, request, argument));
    }

    @Override
    public int read(int file, long address, int length) {
        return result(cRead(file, WordFactory.pointer(address), length));
    }

    @Override
    public int write(int file, long address, int length) {
        return result(cWrite(file, WordFactory.pointer(address), length));
    }

    @Override
    public int poll(long address, int count, int timeoutMillis) {
        return result(cPoll(WordFactory.pointer(address), count, timeoutMillis));
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return result(cSocket(domain, type, protocol));
    }

    @Override
    public int connect(int file, long address, int length) {
        return result(cConnect(file, WordFactory.pointer(address), length));
    }

    private static int result(long returned) {
        return returned >= 0 ? (int) returned : -cErrnoLocation().read();
    }

    @CFunction("open")
    private static native int cOpen(CCharPointer path, int flags);

    @CFunction("close")
    private static native int cClose(int file);

    @CFunction("ioctl")
    private static native int cIoctl(int file, long request, long argument);

    @CFunction("read")
    private static native long cRead(int file, PointerBase memory, long length);

    @CFunction("write")
    private static native long cWrite(int file, PointerBase memory, long length);

    @CFunction("poll")
    private static native int cPoll(PointerBase files, long count, int timeoutMillis);

    @CFunction("socket")
    private static native int cSocket(int domain, int type, int protocol);

    @CFunction("connect")
    private static native int cConnect(int file, PointerBase address, int length);

    @CFunction(value = "__errno_location", transition = CFunction.Transition.NO_TRANSITION)
    private static native CIntPointer cErrnoLocation();
}
