package dev.vigil.policy.machine;

import com.dylibso.chicory.runtime.ConstantEvaluators;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmRuntimeException;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.UninstantiableException;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A linear memory in one array, which {@link RegisterMachine} reads and writes directly. Owned by
 * the thread that calls the instance.
 *
 * <p>Chicory's own memory keeps an array for each page; finding the page costs each access two
 * loads, and it is no use to a memory whose size is fixed.
 */
@SuppressWarnings("removal") // the interface still has them
public final class FlatMemory implements Memory {
    static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final MemoryLimits limits;
    private byte[] bytes;
    private DataSegment[] segments = {};

    public FlatMemory(MemoryLimits limits) {
        if (limits.shared()) {
            throw new UninstantiableException("a memory is shared: threads are not supported");
        }
        this.limits = limits;
        this.bytes = new byte[Memory.bytes(limits.initialPages())];
    }

    /** The memory itself; another array after it has grown. */
    byte[] bytes() {
        return bytes;
    }

    @Override
    public int pages() {
        return bytes.length / PAGE_SIZE;
    }

    @Override
    public int grow(int pages) {
        int before = pages();
        if (pages < 0 || pages > maximumPages() - before) {
            return -1;
        }
        bytes = Arrays.copyOf(bytes, Memory.bytes(before + pages));
        return before;
    }

    @Override
    public int initialPages() {
        return limits.initialPages();
    }

    @Override
    public int maximumPages() {
        return Math.min(limits.maximumPages(), RUNTIME_MAX_PAGES);
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public Object lock(int address) {
        throw new UnsupportedOperationException("threads are not supported");
    }

    @Override
    public int waitOn(int address, int expected, long timeout) {
        throw new UnsupportedOperationException("threads are not supported");
    }

    @Override
    public int waitOn(int address, long expected, long timeout) {
        throw new UnsupportedOperationException("threads are not supported");
    }

    @Override
    public int notify(int address, int maxThreads) {
        throw new UnsupportedOperationException("threads are not supported");
    }

    @Override
    public void initialize(Instance instance, DataSegment[] dataSegments) {
        initialize(instance, dataSegments, 0);
    }

    @Override
    public void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
        segments = dataSegments;
        for (DataSegment segment : dataSegments) {
            if (segment instanceof ActiveDataSegment active && active.index() == memoryIndex) {
                long[] offset =
                        ConstantEvaluators.computeConstantValue(
                                instance, active.offsetInstructions());
                byte[] data = active.data();
                if (outside((int) offset[0], data.length, bytes.length)) {
                    throw new UninstantiableException(
                            outOfBounds((int) offset[0], data.length).getMessage());
                }
                System.arraycopy(data, 0, bytes, (int) offset[0], data.length);
            }
        }
    }

    @Override
    public void initPassiveSegment(int segment, int to, int offset, int size) {
        write(to, segments[segment].data(), offset, size);
    }

    @Override
    public void drop(int segment) {
        segments[segment] = PassiveDataSegment.EMPTY;
    }

    @Override
    public void write(int address, byte[] data, int offset, int size) {
        if (outside(offset, size, data.length)) {
            throw outOfBounds(offset, size);
        }
        check(address, size);
        System.arraycopy(data, offset, bytes, address, size);
    }

    @Override
    public byte[] readBytes(int address, int length) {
        check(address, length);
        return Arrays.copyOfRange(bytes, address, address + length);
    }

    /** Fills an array with what begins at an address. */
    public void read(int address, byte[] into) {
        check(address, into.length);
        System.arraycopy(bytes, address, into, 0, into.length);
    }

    @Override
    public byte read(int address) {
        check(address, 1);
        return bytes[address];
    }

    @Override
    public void writeByte(int address, byte value) {
        check(address, 1);
        bytes[address] = value;
    }

    @Override
    public short readShort(int address) {
        check(address, Short.BYTES);
        return (short) SHORT.get(bytes, address);
    }

    @Override
    public long readU16(int address) {
        return readShort(address) & 0xFFFF;
    }

    @Override
    public void writeShort(int address, short value) {
        check(address, Short.BYTES);
        SHORT.set(bytes, address, value);
    }

    @Override
    public int readInt(int address) {
        check(address, Integer.BYTES);
        return (int) INT.get(bytes, address);
    }

    @Override
    public void writeI32(int address, int value) {
        check(address, Integer.BYTES);
        INT.set(bytes, address, value);
    }

    @Override
    public long readLong(int address) {
        check(address, Long.BYTES);
        return (long) LONG.get(bytes, address);
    }

    @Override
    public void writeLong(int address, long value) {
        check(address, Long.BYTES);
        LONG.set(bytes, address, value);
    }

    @Override
    public long readF32(int address) {
        return readInt(address);
    }

    @Override
    public float readFloat(int address) {
        return Float.intBitsToFloat(readInt(address));
    }

    @Override
    public void writeF32(int address, float value) {
        writeI32(address, Float.floatToRawIntBits(value));
    }

    @Override
    public long readF64(int address) {
        return readLong(address);
    }

    @Override
    public double readDouble(int address) {
        return Double.longBitsToDouble(readLong(address));
    }

    @Override
    public void writeF64(int address, double value) {
        writeLong(address, Double.doubleToRawLongBits(value));
    }

    @Override
    public void zero() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public void fill(byte value, int from, int to) {
        check(from, to - from);
        Arrays.fill(bytes, from, to, value);
    }

    @Override
    public void copy(int to, int from, int size) {
        check(to, size);
        check(from, size);
        System.arraycopy(bytes, from, bytes, to, size);
    }

    private void check(int address, int size) {
        if (outside(address, size, bytes.length)) {
            throw outOfBounds(address, size);
        }
    }

    private static boolean outside(int address, int size, int limit) {
        return address < 0 || size < 0 || size > limit || address > limit - size;
    }

    private ChicoryException outOfBounds(int address, int size) {
        return new WasmRuntimeException(
                "out of bounds memory access: %s bytes at %s, the memory has %d"
                        .formatted(
                                Integer.toUnsignedString(size),
                                Integer.toUnsignedString(address),
                                bytes.length));
    }
}
