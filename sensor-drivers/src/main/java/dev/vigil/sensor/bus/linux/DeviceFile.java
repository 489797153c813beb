package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;

/**
 * A device node that is opened when it is first needed, and anew after it failed: a USB adapter may
 * have been pulled and plugged in again. Owned by its bus' thread.
 */
final class DeviceFile implements AutoCloseable {
    /** {@code O_RDWR | O_CLOEXEC} (asm-generic/fcntl.h). */
    static final int READ_WRITE = 2 | 0x80000;

    /** {@code O_RDONLY | O_CLOEXEC}. */
    static final int READ_ONLY = 0x80000;

    /** {@code O_NOCTTY | O_NONBLOCK}. */
    static final int TERMINAL = 0x100 | 0x800;

    private static final int CLOSED = -1;

    /** What is to be set each time it has been opened. */
    @FunctionalInterface
    interface Setup {
        void apply(DeviceFile file) throws BusFault;
    }

    private final SystemCalls calls;
    private final String path;
    private final int flags;
    private final Setup setup;
    private int descriptor = CLOSED;

    DeviceFile(SystemCalls calls, String path, int flags, Setup setup) {
        this.calls = calls;
        this.path = path;
        this.flags = flags;
        this.setup = setup;
    }

    String path() {
        return path;
    }

    /** Its descriptor, open. */
    int descriptor() throws BusFault {
        if (descriptor == CLOSED) {
            int opened = calls.open(path, flags);
            if (opened < 0) {
                throw fault("can't be opened", -opened);
            }
            descriptor = opened;
            boolean ready = false;
            try {
                setup.apply(this);
                ready = true;
            } finally {
                if (!ready) {
                    close();
                }
            }
        }
        return descriptor;
    }

    /**
     * An ioctl that must succeed.
     *
     * @param doing for the message: "speed 9600"
     */
    void ioctl(long request, long argument, String doing) throws BusFault {
        int result = calls.ioctl(descriptor(), request, argument);
        if (result < 0) {
            throw failed(doing, -result);
        }
    }

    /** The fault to throw; the next use opens the node anew unless only the chip did not answer. */
    BusFault failed(String doing, int errno) {
        BusFault fault = fault(doing, errno);
        if (fault.kind() != BusFault.Kind.NO_ANSWER) {
            close();
        }
        return fault;
    }

    private BusFault fault(String doing, int errno) {
        return new BusFault(
                Errno.kind(errno), "%s: %s: %s".formatted(path, doing, Errno.text(errno)));
    }

    @Override
    public void close() {
        if (descriptor != CLOSED) {
            calls.close(descriptor);
            descriptor = CLOSED;
        }
    }
}
