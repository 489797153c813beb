package dev.vigil.sensor.bus.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * System calls on devices in memory, which the test makes with {@link #device}. Any thread, one
 * call after the other. It keeps book of what is open and allocated, so that a test can see what
 * was left.
 */
public final class FakeKernel implements SystemCalls {
    private static final long FIRST_ADDRESS = 0x7f00_0000_0000L;

    /** A device node. Results are the kernel's: 0 or more, or a negative error number. */
    public interface Device {
        int ioctl(long request, long argument);

        default int read(ByteBuffer into) {
            return -Errno.EINVAL;
        }

        default int write(ByteBuffer from) {
            return -Errno.EINVAL;
        }

        /** poll's revents. */
        default int ready() {
            return 0;
        }

        default void close() {}
    }

    private final Map<String, Device> nodes = new HashMap<>();
    private final Map<String, Integer> refused = new HashMap<>();
    private final Map<Integer, Device> open = new HashMap<>();
    private final TreeMap<Long, ByteBuffer> memory = new TreeMap<>();
    private long nextAddress = FIRST_ADDRESS;
    private int nextFile = 3;

    public void device(String path, Device device) {
        nodes.put(path, device);
    }

    public void remove(String path) {
        nodes.remove(path);
    }

    /** Opening it fails with this error number. */
    void refused(String path, int errno) {
        refused.put(path, errno);
    }

    /** What an ioctl or a line request opens. */
    int opened(Device device) {
        open.put(nextFile, device);
        return nextFile++;
    }

    public int openFiles() {
        return open.size();
    }

    public int allocations() {
        return memory.size();
    }

    /** The memory at an address a driver gave, to the end of its allocation. */
    ByteBuffer at(long address) {
        Map.Entry<Long, ByteBuffer> entry = memory.floorEntry(address);
        if (entry == null || address - entry.getKey() >= entry.getValue().capacity()) {
            throw new AssertionError("bad address 0x%x: a kernel says EFAULT".formatted(address));
        }
        int offset = (int) (address - entry.getKey());
        ByteBuffer whole = entry.getValue();
        return whole.slice(offset, whole.capacity() - offset).order(ByteOrder.nativeOrder());
    }

    static void text(ByteBuffer into, int position, String text) {
        into.put(position, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public synchronized Memory allocate(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        long address = nextAddress;
        nextAddress += bytes + 4096; // what runs over an end meets nothing
        memory.put(address, buffer);
        return new Memory(address, buffer);
    }

    @Override
    public synchronized void free(Memory freed) {
        if (memory.remove(freed.address()) == null) {
            throw new AssertionError("freed twice: 0x%x".formatted(freed.address()));
        }
    }

    @Override
    public synchronized int open(String path, int flags) {
        Device device = nodes.get(path);
        return device == null ? -refused.getOrDefault(path, Errno.ENOENT) : opened(device);
    }

    @Override
    public synchronized int close(int file) {
        file(file).close();
        open.remove(file);
        return 0;
    }

    @Override
    public synchronized int ioctl(int file, long request, long argument) {
        return file(file).ioctl(request, argument);
    }

    @Override
    public synchronized int read(int file, long address, int length) {
        return file(file).read(at(address).limit(length));
    }

    @Override
    public synchronized int write(int file, long address, int length) {
        return file(file).write(at(address).limit(length));
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return -Errno.EINVAL;
    }

    @Override
    public int connect(int file, long address, int length) {
        return -Errno.EINVAL;
    }

    @Override
    public synchronized int poll(long address, int count, int timeoutMillis) {
        int ready = 0;
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = at(address + (long) Poll.BYTES * i);
            int events = file(entry.getInt(0)).ready();
            entry.putShort(6, (short) events);
            ready += events == 0 ? 0 : 1;
        }
        return ready;
    }

    private Device file(int file) {
        Device device = open.get(file);
        if (device == null) {
            throw new AssertionError("file %d isn't open: a kernel says EBADF".formatted(file));
        }
        return device;
    }
}
